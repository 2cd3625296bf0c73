import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ATTRIBUTE, type ErrorRecord, formatBrowserError, toAttributes } from "@sightline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../packages/cli/src/run.ts";
import { recordIo } from "../../packages/cli/test/support/io.ts";
import { type LogStore, type StoredLine, startLogStore } from "../harness/log-store.ts";

const NOW = Date.now();
const MINUTE = 60_000;
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const DEBUG_ID = "6f1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const FILE = "https://shop.example.org/assets/index-4f9a2b1c.js";
const RAW = `TypeError: cannot read total\n    at t (${FILE}:1:11)\n    at r (${FILE}:1:500)`;
/** What the gateway stores of an error that it could resolve. */
const RESOLVED = "TypeError: of another place\n    at pay (src/pay.ts:7:1)";
const TRAIL = JSON.stringify([
  { at: NOW - 3 * MINUTE - 1_000, kind: "click", text: 'button "Pay"' },
]);

let loki: LogStore;
let data: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "sightline-errors-"));
  loki = await startLogStore();
});

afterAll(async () => {
  await loki.stop();
  rmSync(data, { recursive: true, force: true });
});

async function errors(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = recordIo({
    HOME: data,
    SIGHTLINE_DATA: data,
    SIGHTLINE_PORT_LOKI: String(loki.port),
    NO_COLOR: "1",
  });
  const code = await run(["errors", ...args], io);
  return { code, out: io.stdout(), err: io.stderr() };
}

type Given = Partial<ErrorRecord> & { readonly service?: string; readonly minutesAgo: number };

function errorLine({ service = "shop", minutesAgo, ...given }: Given): StoredLine {
  const record: ErrorRecord = {
    kind: "error",
    timeMillis: NOW - minutesAgo * MINUTE,
    body: "TypeError: cannot read total",
    fp: "a1a1a1a1a1a1a1a1",
    fpx: "b",
    fpTemplate: "TypeError: cannot read total at total (cart)",
    fpVersion: 1,
    exceptionType: "TypeError",
    handled: false,
    n: 1,
    ...given,
  };
  const { kind, ...rest } = toAttributes(record);
  const metadata = Object.entries(rest).map(([key, value]) => [key, String(value)]);
  return {
    timeMillis: record.timeMillis,
    line: record.body,
    labels: { service_name: service, kind: String(kind) },
    metadata: Object.fromEntries(metadata),
  };
}

/** Maps generated 1:11 to src/cart.ts:4:3; its segment is column 10, source 0, line 3, column 2. */
const MAP = JSON.stringify({
  version: 3,
  sources: ["../src/cart.ts"],
  sourcesContent: [null],
  names: [],
  mappings: "UAGE",
  debugId: DEBUG_ID,
});

describe("sightline errors", () => {
  it("says what is missing while nobody told an error", async () => {
    await loki.push([
      {
        timeMillis: NOW,
        line: "hello",
        labels: { service_name: "shop", kind: "log" },
        metadata: {},
      },
    ]);
    const { code, err } = await errors();
    expect(code).toBe(0);
    expect(err).toContain("no error in the last 1d");
    expect(err).toContain("@sightline/browser");
  });

  it("counts occurrences, people and releases of every problem at once", async () => {
    const users = ["u1", "u2", "u2"].map((user, index) =>
      errorLine({ minutesAgo: 10 + index, userHash: user, release: "1.4.2", n: 5 }),
    );
    await loki.push([
      ...users,
      errorLine({ minutesAgo: 3, visitorHash: "v1", release: "1.4.1", handled: true }),
      errorLine({ minutesAgo: 4, service: "api", fp: "c2", fpTemplate: "Error: timeout", n: 90 }),
      errorLine({ minutesAgo: 60 * 30, fp: "d3", fpTemplate: "Error: of yesterday" }),
    ]);
    const { code, out } = await errors("--json");
    expect(code).toBe(0);
    const problems = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(problems).toMatchObject([
      {
        service: "shop",
        fp: "a1a1a1a1a1a1a1a1",
        times: 16,
        unhandledTimes: 15,
        users: 2,
        visitors: 1,
        firstMillis: NOW - 12 * MINUTE,
        lastMillis: NOW - 3 * MINUTE,
        releases: [
          { release: "1.4.2", times: 15 },
          { release: "1.4.1", times: 1 },
        ],
      },
      { service: "api", fp: "c2", times: 90, users: 0, visitors: 0 },
    ]);
    const table = await errors();
    expect(table.out).toMatch(
      /^ {2}2 +16 +\dm ago +shop +1\.4\.2 \+1 +TypeError: cannot read total/m,
    );
    expect(table.out).toContain("2 problems, 106 times, in the last 1d");
    expect((await errors("api")).out).toMatch(/1 problem, 90 times/);
    expect((await errors("--release", "1.4.1")).out).toMatch(/1 problem, 1 time,/);
  });

  it("shows the newest stack, what led to it, and the lines of its trace", async () => {
    const fp = "dd44".repeat(4);
    const at = { timeMillis: NOW - 2 * MINUTE, fp, minutesAgo: 2 };
    const trace = { trace_id: TRACE_ID };
    await loki.push([
      errorLine({ ...at, fpTemplate: "TypeError: cannot read total" }),
      {
        timeMillis: at.timeMillis,
        line: RAW,
        labels: { service_name: "shop", kind: "log" },
        metadata: {
          ...trace,
          severity_text: "ERROR",
          fp,
          [ATTRIBUTE.debugIds.replaceAll(".", "_")]: `${FILE}=${DEBUG_ID}`,
          trail: TRAIL,
        },
      },
      {
        timeMillis: at.timeMillis - 40,
        line: "POST /pay failed\nsecond line",
        labels: { service_name: "api", kind: "log" },
        metadata: { ...trace, severity_text: "WARN" },
      },
    ]);
    const before = await errors("show", fp.slice(0, 6));
    expect(before.code, before.err).toBe(0);
    expect(before.out).toContain(`at t (${FILE}:1:11)`);
    expect(before.out).toMatch(/2 frames stay as they came: .*map/i);
    expect(before.out).toContain('button "Pay"');
    expect(before.out).toMatch(/WARN +api +POST \/pay failed/);
    expect(before.out).not.toContain("second line");

    const folder = join(data, "gateway/maps/shop");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${DEBUG_ID}.map`), MAP);
    const after = await errors("show", fp);
    expect(after.out).toContain("src/cart.ts:4:3");
    expect(after.out).toContain("resolved just now: the source map came after the error");
    const json = JSON.parse((await errors("show", fp, "--json")).out);
    expect(json.newest.resolvedFrames).toBeGreaterThan(0);
  });

  it("resolves with the maps of the error's own service alone", async () => {
    const fp = "ee".repeat(8);
    await loki.push([
      errorLine({ service: "other", minutesAgo: 1, fp }),
      {
        timeMillis: NOW - MINUTE,
        line: RAW,
        labels: { service_name: "other", kind: "log" },
        metadata: { fp, debug_ids: `${FILE}=${DEBUG_ID}` },
      },
    ]);
    const { out } = await errors("show", fp);
    expect(out).toContain(`at t (${FILE}:1:11)`);
    expect(out).not.toContain("cart.ts");
  });

  it("keeps the frames as the browser wrote them out of sight where those of the source are known", async () => {
    const fp = "fa".repeat(8);
    const line = formatBrowserError({ shown: RESOLVED, raised: `    at t (${FILE}:1:11)` });
    await loki.push([
      errorLine({ minutesAgo: 1, fp }),
      {
        timeMillis: NOW - MINUTE,
        line,
        labels: { service_name: "shop", kind: "log" },
        metadata: { fp, debug_ids: `${FILE}=${DEBUG_ID}` },
      },
    ]);
    const { out } = await errors("show", fp);
    expect(out).toContain("at pay (src/pay.ts:7:1)");
    expect(out).not.toContain(FILE);
    expect(out).not.toContain("just now: the source map");
    expect(JSON.parse((await errors("show", fp, "--json")).out).newest.line).toBe(line);
  });

  it("names what is wrong with an id or an option", async () => {
    const wrong = await errors("show", 'a"} or x');
    expect(wrong.code).toBe(64);
    expect(wrong.err).toContain("expected an id or its beginning");
    const unknown = await errors("show", "0123");
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('begins with "0123"');
    const many = await errors("--since", "99d", "--limit", "x");
    expect(many.code).toBe(64);
    expect(many.err).toContain("--since: expected 1s to 30d");
    expect(many.err).toContain("--limit: expected a whole number");
    const service = await errors("shpo");
    expect(service.err).toContain('no service "shpo"');
  });
});
