import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestStack, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";
import { attributesOf, post, readSeries, type StoredLine, storedLines } from "./otlp-json.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SERVICE = "pipeline-test";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

interface Sent {
  readonly body: string;
  /** Offset of the record's own time from now; `null`: it has none. */
  readonly ageMillis?: number | null;
  readonly observedAgeMillis?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

describe("what the collector and Loki make of a record", () => {
  let stack: TestStack;
  let startMillis: number;

  beforeAll(async () => {
    stack = await createTestStack({ SIGHTLINE_HOSTS: "web-2|web-3" });
    const up = await stack.run("up", "--mode", "embedded", "--only", "stack");
    if (up.code !== 0) throw new Error(`up failed:\n${up.stdout}${up.stderr}`);
    startMillis = Date.now();
  }, 300_000);

  afterAll(() => stack?.dispose());

  const send = async (
    records: readonly Sent[],
    resource: Record<string, string> = {},
  ): Promise<void> => {
    const nanos = (age: number): string => String(BigInt(Date.now() - age) * 1_000_000n);
    await post(`${stack.url("otlp")}/v1/logs`, {
      resourceLogs: [
        {
          resource: { attributes: attributesOf({ "service.name": SERVICE, ...resource }) },
          scopeLogs: [
            {
              logRecords: records.map((record) => ({
                ...(record.ageMillis === null
                  ? {}
                  : { timeUnixNano: nanos(record.ageMillis ?? 0) }),
                ...(record.observedAgeMillis === undefined
                  ? {}
                  : { observedTimeUnixNano: nanos(record.observedAgeMillis) }),
                severityNumber: 17,
                severityText: "ERROR",
                body: { stringValue: record.body },
                attributes: attributesOf(record.attributes ?? {}),
                traceId: TRACE,
                spanId: SPAN,
              })),
            },
          ],
        },
      ],
    });
  };

  const find = (body: string): Promise<StoredLine> =>
    until(`the line "${body.slice(0, 40)}"`, async () =>
      (await storedLines(stack.url("loki"))).find(({ line }) => line.startsWith(body)),
    );

  /** Arrival: at or after the start of this file, and not in the future. */
  const expectArrival = (line: StoredLine): void => {
    expect(line.timeMillis).toBeGreaterThanOrEqual(startMillis);
    expect(line.timeMillis).toBeLessThanOrEqual(Date.now());
  };

  it("has four stream labels and no more; severity and trace are metadata", async () => {
    await send([{ body: "labels", attributes: { fp: "abc" } }], {
      "deployment.environment.name": "prod",
      "service.version": "1.2.3",
      "container.id": "0123456789ab",
    });
    const { fields } = await find("labels");
    expect(fields).toMatchObject({
      severity_text: "ERROR",
      severity_number: "17",
      trace_id: TRACE,
      span_id: SPAN,
      service_version: "1.2.3",
      fp: "abc",
    });
    const series = await readSeries(stack.url("loki"), `{service_name="${SERVICE}"}`);
    expect(series).toContainEqual({
      service_name: SERVICE,
      deployment_environment_name: "prod",
      host_name: "test-vm",
      kind: "log",
    });
  });

  it("replaces the host name of a container by the name of the machine", async () => {
    await send([{ body: "from a container" }], { "host.name": "f3a9c1d2e4b5" });
    expect((await find("from a container")).fields["host_name"]).toBe("test-vm");
  });

  it("keeps the host names that were allowed, whole names only", async () => {
    await send([{ body: "from the other machine" }], { "host.name": "web-2" });
    await send([{ body: "from a name that only looks like it" }], { "host.name": "web-21" });
    expect((await find("from the other machine")).fields["host_name"]).toBe("web-2");
    expect((await find("from a name that only")).fields["host_name"]).toBe("test-vm");
  });

  it("gives a record that names no service or environment the same four labels", async () => {
    await send([{ body: "from nobody" }], { "service.name": "" });
    expect((await find("from nobody")).fields).toMatchObject({
      service_name: "unknown_service",
      deployment_environment_name: "unknown",
      host_name: "test-vm",
      kind: "log",
    });
  });

  it("puts a record of kind error into the stream of errors, and an unknown kind among the ordinary lines", async () => {
    await send([
      { body: "an occurrence", attributes: { kind: "error" } },
      { body: "an ordinary line" },
      { body: "a kind that nobody knows", attributes: { kind: "anything" } },
    ]);
    expect((await find("an occurrence")).fields["kind"]).toBe("error");
    expect((await find("an ordinary line")).fields["kind"]).toBe("log");
    expect((await find("a kind that nobody knows")).fields["kind"]).toBe("log");
  });

  it("keeps the own time of a record that is three days old, and does not lose it behind newer ones", async () => {
    await send([{ body: "now" }]);
    await find("now");
    const before = Date.now() - 3 * DAY;
    await send([{ body: "three days old", ageMillis: 3 * DAY }]);
    const line = await find("three days old");
    expect(line.timeMillis).toBeGreaterThanOrEqual(before);
    expect(line.timeMillis).toBeLessThan(before + HOUR);
    expect(line.fields["event_ts"]).toBeUndefined();
  });

  it("stamps a record from outside the window with its arrival and tells when it happened", async () => {
    const before = Date.now();
    await send([
      { body: "eight days old", ageMillis: 8 * DAY },
      { body: "an hour ahead", ageMillis: -HOUR },
    ]);
    for (const [body, age] of [
      ["eight days old", 8 * DAY],
      ["an hour ahead", -HOUR],
    ] as const) {
      const line = await find(body);
      expectArrival(line);
      const happened = Number(line.fields["event_ts"]);
      expect(happened).toBeGreaterThanOrEqual(before - age);
      expect(happened).toBeLessThan(before - age + HOUR);
    }
  });

  it("prefers the time a record was observed, which a repeated record has too", async () => {
    await send([{ body: "seen a day ago", ageMillis: 9 * DAY, observedAgeMillis: DAY }]);
    const line = await find("seen a day ago");
    expect(Math.abs(line.timeMillis - (Date.now() - DAY))).toBeLessThan(HOUR);
    expect(line.fields["observed_timestamp"]).toBeUndefined();
  });

  it("stamps a record without any time with its arrival", async () => {
    await send([{ body: "no time at all", ageMillis: null }]);
    const line = await find("no time at all");
    expectArrival(line);
    expect(line.fields["event_ts"]).toBeUndefined();
  });

  it("stores a line once that was sent twice", async () => {
    const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
    for (const observedAge of [0, 1]) {
      const observed = String(BigInt(Date.now() - observedAge) * 1_000_000n);
      const record = {
        timeUnixNano,
        observedTimeUnixNano: observed,
        body: { stringValue: "twice" },
      };
      await post(`${stack.url("otlp")}/v1/logs`, {
        resourceLogs: [
          {
            resource: { attributes: attributesOf({ "service.name": SERVICE }) },
            scopeLogs: [{ logRecords: [record] }],
          },
        ],
      });
    }
    // Sent last: when it is there, both of the others have been taken in.
    await send([{ body: "after twice" }]);
    await find("after twice");
    const all = await storedLines(stack.url("loki"));
    expect(all.filter(({ line }) => line === "twice")).toHaveLength(1);
  });

  it("cuts a body over 256 kB and says so, instead of losing it", async () => {
    await send([{ body: `huge ${"y".repeat(300 * 1024)}` }]);
    const { line } = await find("huge ");
    expect(line.length).toBeLessThan(256 * 1024);
    expect(line).toContain("[cut by Loki at 256 kB]");
  });

  it("stores a record with more metadata than Loki takes, shortened", async () => {
    const many = Array.from(
      { length: 200 },
      (_, index) => [`a${index}`, "z".repeat(1_000)] as const,
    );
    await send([{ body: "too much metadata", attributes: Object.fromEntries(many) }]);
    const { fields } = await find("too much metadata");
    expect(Object.keys(fields).filter((name) => /^a\d+$/.test(name)).length).toBeGreaterThan(90);
    expect(fields["trace_id"]).toBe(TRACE);
  });

  it("refuses a body that unpacks to more than 20 MB", async () => {
    const response = await fetch(`${stack.url("otlp")}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: await gzipped(25 * 1024 * 1024),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
  });
});

async function gzipped(bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([" ".repeat(bytes)]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
