import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type LogsOptions, planLogs } from "../../src/commands/logs.ts";
import { Failure } from "../../src/failure.ts";
import { run } from "../../src/run.ts";
import { recordIo } from "../support/io.ts";
import { type LokiServer, startLoki } from "../support/loki.ts";
import { until } from "../support/until.ts";

const main = join(import.meta.dirname, "../../src/main.ts");
const now = (): bigint => BigInt(Date.now()) * 1_000_000n;

function environmentOf(loki: LokiServer): Record<string, string> {
  return {
    HOME: "/nowhere",
    SIGHTLINE_DATA: "/nowhere/data",
    SIGHTLINE_PORT_LOKI: String(loki.port),
    NO_COLOR: "1",
  };
}

async function logs(
  loki: LokiServer,
  ...args: string[]
): Promise<{ code: number; lines: string[]; stderr: string }> {
  const io = recordIo(environmentOf(loki));
  const code = await run(["logs", "--no-fields", ...args], io);
  return { code, lines: io.stdout().split("\n").slice(0, -1), stderr: io.stderr() };
}

describe("the options of logs", () => {
  it("have defaults", () => {
    expect(planLogs(undefined, {})).toEqual({ filter: {}, sinceMillis: 3_600_000, limit: 1_000 });
  });

  it("become a filter", () => {
    const options = { since: "2h", limit: "5", severity: "warning", kind: "crash", grep: "x" };
    expect(planLogs("board", options)).toEqual({
      filter: { service: "board", minSeverity: 13, kind: "crash", grep: "x" },
      sinceMillis: 7_200_000,
      limit: 5,
    });
  });

  it("are refused all at once", () => {
    const options: LogsOptions = { since: "soon", limit: "many", severity: "bad", kind: "lines" };
    const refuse = (): unknown => planLogs("board", options);
    expect(refuse).toThrow(Failure);
    for (const part of ['"soon"', '"many"', '"bad"', '"lines"']) expect(refuse).toThrow(part);
  });

  it.each(["0", "-1", "1.5", "100001", "1e3", "", " 5"])("refuse the limit %j", (limit) => {
    expect(() => planLogs(undefined, { limit })).toThrow("--limit: expected a whole number");
  });

  it.each(["0s", "", "-5m", "5"])("refuse the span %j", (since) => {
    expect(() => planLogs(undefined, { since })).toThrow("--since: ");
  });
});

describe("logs", () => {
  it("shows the newest lines up to the limit, oldest first, and asks for no more than it shows", async () => {
    const loki = await startLoki();
    const start = now() - 1_000_000_000n;
    for (let n = 0; n < 20; n++)
      loki.lines.push({ timeNanos: start + BigInt(n), line: `line ${n}` });
    const { lines, code } = await logs(loki, "shop", "--limit", "3");
    expect(code).toBe(0);
    expect(lines.map((line) => line.split("INFO  ")[1])).toEqual(["line 17", "line 18", "line 19"]);
    expect(loki.limits).toEqual([4]);
  });

  it("shows more lines than one page holds, equal ones too", async () => {
    const loki = await startLoki();
    const start = now() - 1_000_000_000n;
    for (let n = 0; n < 6_000; n++) {
      loki.lines.push({ timeNanos: start + BigInt(n >> 1), line: `pair ${n >> 1}` });
    }
    const { lines } = await logs(loki, "shop", "--limit", "100000");
    expect(lines.map((line) => Number(line.split("pair ")[1]))).toEqual(
      Array.from({ length: 6_000 }, (_, n) => n >> 1),
    );
  });

  it("says on stderr that a nanosecond holds more lines than it can show", async () => {
    const loki = await startLoki();
    const time = now() - 1_000_000_000n;
    for (let n = 0; n < 5_001; n++) loki.lines.push({ timeNanos: time, line: `crowd ${n}` });
    loki.lines.push({ timeNanos: time - 1n, line: "the one before" });
    const { lines, stderr, code } = await logs(loki, "shop", "--limit", "100000");
    expect(code).toBe(0);
    expect(lines).toHaveLength(5_001);
    expect(lines[0]).toContain("the one before");
    expect(stderr).toContain(
      `more than 5000 lines have the time ${time} ns; 5000 of them are shown`,
    );
  });

  it("prints one JSON object a line, and only that on stdout", async () => {
    const loki = await startLoki();
    loki.lines.push({ timeNanos: now() - 1_000n, line: "a\nb", fields: { user_hash: "x" } });
    const { lines } = await logs(loki, "--json");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        timeNanos: String(loki.lines[0]?.timeNanos),
        line: "a\nb",
        fields: { service_name: "shop", severity_text: "INFO", user_hash: "x" },
      },
    ]);
  });

  it("explains that nothing matches", async () => {
    const loki = await startLoki();
    loki.lines.push({ timeNanos: now() - 7_200_000_000_000n, line: "old" });
    const { code, stderr, lines } = await logs(loki, "shop", "--since", "90s");
    expect({ code, lines }).toEqual({ code: 0, lines: [] });
    expect(stderr).toBe(
      "no line matches in the last 1m 30s; try a longer --since, or fewer filters\n",
    );
  });

  it("ends with 8 and the next command where Loki does not answer", async () => {
    const loki = await startLoki();
    await loki.pause();
    const { code, stderr } = await logs(loki, "shop");
    expect(code).toBe(8);
    expect(stderr).toMatch(/^sightline: Loki does not answer: ECONNREFUSED\n.*sightline status /);
    await loki.resume();
  });
});

describe("logs -f", () => {
  it("shows only what comes, lines that come late too, each once", async () => {
    const loki = await startLoki();
    for (let n = 0; n < 10; n++)
      loki.lines.push({ timeNanos: now() - 2_000_000_000n + BigInt(n), line: `old ${n}` });
    const following = followLogs(loki, "--limit", "1");
    await until("the last old line", () => following.stdout().includes("old 9"));
    loki.lines.push({ timeNanos: now(), line: "new" });
    loki.lines.push({ timeNanos: now() - 4_000_000_000n, line: "late" });
    await until("the new lines", () =>
      ["new", "late"].every((text) => following.stdout().includes(text)),
    );
    loki.lines.push({ timeNanos: now(), line: "last" });
    await until("the last line", () => following.stdout().includes("last"));
    const shown = following.stdout().trim().split("\n");
    expect(shown.map((line) => line.split("INFO  ")[1])).toEqual(["old 9", "late", "new", "last"]);
    expect(await following.end()).toBe(130);
  });

  it("says once that Loki is gone, goes on, and shows what was stored meanwhile", async () => {
    const loki = await startLoki();
    loki.lines.push({ timeNanos: now() - 1_000_000_000n, line: "before" });
    const following = followLogs(loki);
    await until("the first line", () => following.stdout().includes("before"));
    await loki.pause();
    await until("the outage", () => following.stderr().includes("waiting for it"));
    loki.lines.push({ timeNanos: now(), line: "meanwhile" });
    await loki.resume();
    await until("its line", () => following.stdout().includes("meanwhile"));
    await following.end();
    expect(following.stderr()).toBe(
      "Loki does not answer: ECONNREFUSED; waiting for it (sightline status shows what runs)\nLoki answers again\n",
    );
    expect(following.stdout().match(/before|meanwhile/g)).toEqual(["before", "meanwhile"]);
  });

  it("ends without a word when its reader goes away", async () => {
    const loki = await startLoki();
    const start = now() - 1_000_000_000n;
    for (let n = 0; n < 1_000; n++) {
      loki.lines.push({ timeNanos: start + BigInt(n), line: `${n} ${"x".repeat(1_000)}` });
    }
    const following = followLogs(loki);
    await until("output", () => following.stdout() !== "");
    following.child.stdout?.destroy();
    loki.lines.push({ timeNanos: now(), line: "one more" });
    expect((await once(following.child, "exit"))[0]).toBe(0);
    expect(following.stderr()).toBe("");
  });
});

function followLogs(
  loki: LokiServer,
  ...args: string[]
): {
  child: ReturnType<typeof spawn>;
  stdout: () => string;
  stderr: () => string;
  end: () => Promise<number | null>;
} {
  const child = spawn(process.execPath, [main, "logs", "shop", "-f", "--no-fields", ...args], {
    env: environmentOf(loki),
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    end: async () => {
      const exit = once(child, "exit");
      child.kill("SIGINT");
      const [code] = await exit;
      return code as number | null;
    },
  };
}
