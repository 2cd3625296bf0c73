import { METRIC } from "@sightline/core";
import { afterEach, describe, expect, it } from "vitest";
import { decodeRequest } from "../../../wire/test/fixtures/decode-logs.ts";
import { type Receiver, startReceiver } from "../../../wire/test/fixtures/receiver.ts";
import { at, META, STACKS, thrown } from "../support/pages.ts";
import { payloadOf } from "../support/real-faro.ts";
import { APP, NOW, type Rig, startRig } from "../support/rig.ts";

const rigs: Rig[] = [];
const start = async (collector?: Receiver): Promise<Rig> => {
  const rig = await startRig(collector === undefined ? {} : { collector });
  rigs.push(rig);
  return rig;
};
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

const YEAR = 31_536_000_000;
const payload = (shift = 0) => ({
  meta: META,
  logs: [
    { message: "one", level: "info", timestamp: at(shift) },
    { message: "one", level: "info", timestamp: at(shift) },
    { message: "two", level: "info", timestamp: at(shift) },
  ],
  measurements: [{ type: "web-vitals", values: { inp: 80 }, timestamp: at(shift + 3) }],
  exceptions: [
    { type: "Error", value: "a", timestamp: at(shift + 1) },
    { type: "Error", value: "b", timestamp: at(shift + 2) },
  ],
});

/** Records as the bytes of their fields, without those of sessions: an instance tells its own. */
function storedBytes(collector: Receiver): string[] {
  return collector.requests
    .filter(({ path }) => path === "/v1/logs")
    .flatMap(({ body }) => decodeRequest(body))
    .flatMap(({ resource, records }) => records.map((record) => JSON.stringify([resource, record])))
    .filter((text) => !text.includes('["kind","session"]'));
}

describe("a beacon that comes twice", () => {
  it.each([
    ["with a right clock", 0],
    ["with a clock that is years behind", -3 * YEAR],
    ["with a clock that is years ahead", 3 * YEAR],
  ])("%s becomes the same bytes in another gateway", async (_, shift) => {
    const collectors = [await startReceiver(), await startReceiver()];
    for (const [index, collector] of collectors.entries()) {
      const rig = await start(collector);
      // The second attempt takes another time on its way.
      const receivedAtMillis = NOW + index * 1_700;
      const sentAtMillis = NOW + shift + index * 1_500;
      const beacon = rig.beacon(payload(shift), { receivedAtMillis, sentAtMillis });
      expect(await rig.intake.take(beacon)).toMatchObject({ status: "safe" });
    }
    const [first, second] = collectors.map(storedBytes);
    expect(first).toHaveLength(8);
    expect(second).toEqual(first);
    for (const collector of collectors) await collector.close();
  });

  it("keeps two equal lines of one millisecond apart, and in their order", async () => {
    const rig = await start();
    await rig.intake.take(rig.beacon(payload()));
    const lines = rig.ofKind("log").filter(({ body }) => body === "one" || body === "two");
    const times = lines.map(({ timeUnixNano }) => BigInt(timeUnixNano));
    expect(new Set(times).size).toBe(3);
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)));
  });

  it("keeps equal lines of different visitors apart", async () => {
    const rig = await start();
    for (let visitor = 0; visitor < 200; visitor += 1) {
      const meta = { ...META, session: { id: `session-${visitor}` } };
      await rig.intake.take(rig.beacon({ meta, logs: [{ message: "boot", timestamp: at(0) }] }));
    }
    const times = rig.ofKind("log").map(({ timeUnixNano }) => timeUnixNano);
    expect(new Set(times).size).toBeGreaterThan(195);
  });

  it("counts its errors and figures once, also where it comes with others the second time", async () => {
    const rig = await start();
    const first = payload();
    const more = {
      ...first,
      exceptions: [...first.exceptions, { type: "Error", value: "c", timestamp: at(9) }],
    };
    await rig.intake.take(rig.beacon(first));
    await rig.intake.take(rig.beacon(first));
    await rig.intake.take(rig.beacon(more));
    const errors = rig.ofKind("error");
    expect(errors.map(({ attributes }) => attributes["fp_t"])).toEqual([
      "Error: a",
      "Error: b",
      "Error: c",
    ]);
    expect(rig.counted(METRIC.browserWebVitalDuration)).toBe(1);
  });

  it("shares the fate of the first while that is open", async () => {
    const rig = await start();
    const beacon = rig.beacon(payload());
    const outcomes = await Promise.all([rig.intake.take(beacon), rig.intake.take(beacon)]);
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(rig.ofKind("error")).toHaveLength(2);
  });

  it("is not another one of the same size that holds other spans", async () => {
    const rig = await start();
    const spansOnly = (spanId: string) =>
      rig.beacon({ meta: META, traces: { resourceSpans: [scopeWithSpan(spanId)] } });
    await Promise.all(
      ["1111111111111111", "2222222222222222"].map((id) => rig.intake.take(spansOnly(id))),
    );
    const sent = rig.collector.requests.filter(({ path }) => path === "/v1/traces");
    const bytes = Buffer.concat(sent.map(({ body }) => body)).toString("hex");
    expect(bytes).toContain("1111111111111111");
    expect(bytes).toContain("2222222222222222");
  });
});

function scopeWithSpan(spanId: string): object {
  const startTimeUnixNano = `${NOW}000000`;
  const span = {
    traceId: "a".repeat(32),
    spanId,
    name: "GET",
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano,
  };
  return { scopeSpans: [{ spans: [span] }] };
}

describe("times of a page", () => {
  const timeOf = async (timestamp: unknown, sentAtMillis?: number): Promise<[number, unknown]> => {
    const rig = await start();
    await rig.intake.take(
      rig.beacon({ meta: {}, logs: [{ message: "x", timestamp }] }, { sentAtMillis }),
    );
    const [line] = rig.ofKind("log");
    return [
      Number(BigInt(line?.timeUnixNano ?? 0) / 1_000_000n) - NOW,
      line?.attributes["event_ts"],
    ];
  };
  const MINUTE = 60_000;
  const DAY = 86_400_000;

  it("stay as they are inside what the store takes", async () => {
    expect(await timeOf(at(-5 * DAY), NOW)).toEqual([-5 * DAY, undefined]);
    expect(await timeOf(at(4 * MINUTE), NOW)).toEqual([4 * MINUTE, undefined]);
    expect(await timeOf(NOW - 5, NOW + 50_000)).toEqual([-5, undefined]);
  });

  it("become that of arrival outside of it, with their own beside", async () => {
    expect(await timeOf(at(-6.5 * DAY), NOW)).toEqual([0, NOW - 6.5 * DAY]);
    expect(await timeOf(at(6 * MINUTE), NOW)).toEqual([0, NOW + 6 * MINUTE]);
    expect(await timeOf("1970-01-01T00:00:00.000Z", NOW)).toEqual([0, 0]);
    for (const wrong of ["yesterday", {}, null, -1, 1e300, "NaN"]) {
      expect(await timeOf(wrong, NOW)).toEqual([0, undefined]);
    }
  });

  it("are put right by how far the page's clock is off", async () => {
    const off = 3 * YEAR;
    expect(await timeOf(at(off - MINUTE), NOW + off)).toEqual([-MINUTE, undefined]);
    expect(await timeOf(at(-off), NOW - off)).toEqual([0, undefined]);
    expect((await timeOf(at(2 * MINUTE), NOW + 123_456))[0]).toBeGreaterThan(-MINUTE);
  });
});

describe("a storm of one error", () => {
  const storm = (count: number, start: number) =>
    payloadOf(META, (api) => {
      for (let index = 0; index < count; index += 1) {
        api.pushError(thrown(STACKS.chrome), { timestampOverwriteMs: NOW + start + index });
      }
    });

  it("becomes lines up to the app's limit, and all of it is counted", async () => {
    const rig = await start();
    const app = { ...APP, maxSameErrorsPerMinute: 5 };
    const n = () =>
      rig.ofKind("error").reduce((sum, { attributes }) => sum + Number(attributes["n"]), 0);
    await rig.intake.take(rig.beacon(storm(40, 0), { app }));
    expect(rig.ofKind("log")).toHaveLength(5);
    expect(rig.ofKind("error")).toHaveLength(6);
    expect(n()).toBe(40);
    const receivedAtMillis = NOW + 60_000;
    await rig.intake.take(
      rig.beacon(storm(10, 60_000), { app, receivedAtMillis, sentAtMillis: receivedAtMillis }),
    );
    expect(rig.ofKind("log")).toHaveLength(10);
    expect(n()).toBe(50);
  });
});
