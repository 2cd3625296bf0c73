import { type CrashRecord, formatCrashLines, toAttributes } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { planCrashes } from "../../src/commands/crashes.ts";
import { Failure } from "../../src/failure.ts";
import { run } from "../../src/run.ts";
import { recordIo } from "../support/io.ts";
import { type LokiServer, startLoki } from "../support/loki.ts";

const CONTAINER = "3f2a1b9c4d5e";
const MINUTE = 60_000;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function crashes(loki: LokiServer, ...args: string[]): Promise<Ran> {
  const io = recordIo({
    HOME: "/nowhere",
    SIGHTLINE_DATA: "/nowhere/data",
    SIGHTLINE_PORT_LOKI: String(loki.port),
    NO_COLOR: "1",
  });
  const code = await run(["crashes", ...args], io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
}

interface Stored extends Partial<CrashRecord> {
  readonly minutesAgo: number;
  readonly service?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** Stores a record as the collector does: labels from the resource, every field as text. */
function store(
  loki: LokiServer,
  { minutesAgo, service = "shop", fields, ...given }: Stored,
): CrashRecord {
  const diedAt = Date.now() - Math.round(minutesAgo * MINUTE);
  const startedAt = diedAt - 192_000;
  const record: CrashRecord = {
    kind: "crash",
    timeMillis: diedAt,
    body: "",
    crashId: `${CONTAINER}:${startedAt}`,
    source: "agent",
    run: 4,
    exitCode: 1,
    verdict: "uncaught",
    evidence: "exit code 1",
    startedAt,
    diedAt,
    ...given,
  };
  const attributes = Object.entries(toAttributes(record)).map(([key, value]) => [key, `${value}`]);
  loki.lines.push({
    timeNanos: BigInt(diedAt) * 1_000_000n,
    line: record.body,
    fields: {
      service_name: service,
      host_name: "vm1",
      ...Object.fromEntries(attributes),
      ...fields,
    },
  });
  return record;
}

function storeLine(
  loki: LokiServer,
  atMillis: number,
  line: string,
  fields: Record<string, string>,
): void {
  loki.lines.push({
    timeNanos: BigInt(atMillis) * 1_000_000n,
    line,
    fields: { host_name: "vm1", kind: "log", ...fields },
  });
}

/** Rows of the table, without its head. */
function rowsOf({ stdout }: Ran): string[] {
  return stdout.split("\n\n")[0]?.split("\n").slice(1) ?? [];
}

describe("the options of crashes", () => {
  it("have defaults", () => {
    expect(planCrashes(undefined, {})).toEqual({ filter: {}, sinceMillis: 86_400_000, limit: 50 });
  });

  it("are refused all at once", () => {
    const refuse = (): unknown => planCrashes("shop", { since: "soon", limit: "0" });
    expect(refuse).toThrow(Failure);
    for (const part of [
      '--since: duration "soon"',
      '--limit: expected a whole number from 1 to 10000, got "0"',
    ])
      expect(refuse).toThrow(part);
  });

  it.each(["0s", "", "-5m"])("refuse the span %j", (since) => {
    expect(() => planCrashes(undefined, { since })).toThrow("--since: ");
  });
});

describe("crashes", () => {
  it("lists who died, when and why, the newest first, and sums up", async () => {
    const loki = await startLoki();
    const old = store(loki, {
      minutesAgo: 60,
      service: "api",
      verdict: "signal(11)",
      signal: "SIGSEGV",
      exitCode: 139,
      lastLine: "GET /\u001b[31m x",
      run: 1,
    });
    const young = store(loki, {
      minutesAgo: 1,
      exceptionType: "TypeError",
      exceptionMessage: "x is no function",
      lastLine: "    at y",
      restartLoop: true,
      recentDeaths: 3,
    });
    const ran = await crashes(loki);
    expect(ran.code).toBe(0);
    const [first, second, ...more] = rowsOf(ran);
    expect(first).toMatch(
      new RegExp(
        `^ {2}\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d {2}shop +4 +uncaught exception +1 +3m 12s +TypeError: x is no function +${young.crashId}$`,
      ),
    );
    expect(second).toMatch(
      new RegExp(` api +1 +died of SIGSEGV +139 +3m 12s +GET / x +${old.crashId}$`),
    );
    expect(more).toEqual([]);
    expect(ran.stdout).toContain("\n\n2 crashes of 2 services; shop is in a restart loop\n");
    expect(ran.stdout).toContain("sightline crashes show <crash id>");
  });

  it("leaves out what was planned or ended well, unless all are asked for", async () => {
    const loki = await startLoki();
    store(loki, { minutesAgo: 3, crashId: "a:1" });
    store(loki, { minutesAgo: 2, crashId: "b:1", verdict: "clean", exitCode: 0 });
    store(loki, { minutesAgo: 1, crashId: "c:1", verdict: "killed", exitCode: 137, planned: true });
    const some = await crashes(loki);
    expect(rowsOf(some)).toHaveLength(1);
    expect(some.stdout).toContain("1 crash of 1 service\n");
    const all = await crashes(loki, "--all");
    expect(rowsOf(all).map((row) => row.trim().split(/\s+/).at(-1))).toEqual(["c:1", "b:1", "a:1"]);
    expect(rowsOf(all)[0]).toContain("killed as asked");
    expect(all.stdout).toContain("3 deaths of 1 service\n");
  });

  it("counts a death once that agent and process reported, by what the agent says", async () => {
    const loki = await startLoki();
    const death = { minutesAgo: 1, crashId: `${CONTAINER}:7` } as const;
    store(loki, { ...death, source: "agent", verdict: "oom_proven" });
    store(loki, { ...death, minutesAgo: 0.9, source: "process", verdict: "unknown" });
    const stopped = { minutesAgo: 2, crashId: `${CONTAINER}:8` } as const;
    store(loki, { ...stopped, source: "process", verdict: "uncaught" });
    store(loki, { ...stopped, minutesAgo: 2.1, source: "agent", verdict: "clean", planned: true });
    const ran = await crashes(loki);
    expect(rowsOf(ran)).toHaveLength(1);
    expect(rowsOf(ran)[0]).toContain("out of memory, proven");
  });

  it("counts a death once although agent and process know another start of it", async () => {
    const loki = await startLoki();
    const { startedAt } = store(loki, { minutesAgo: 1, verdict: "oom_proven", body: BODY });
    const started = startedAt + 420;
    store(loki, {
      minutesAgo: 1 + 800 / MINUTE,
      crashId: `${CONTAINER}:${started}`,
      source: "process",
      verdict: "uncaught",
      startedAt: started,
      exceptionType: "TypeError",
      exceptionMessage: "no till",
      body: "what it said of itself",
    });
    const list = await crashes(loki);
    expect(rowsOf(list)).toHaveLength(1);
    expect(rowsOf(list)[0]).toContain("out of memory, proven");
    expect(rowsOf(list)[0]).toContain("TypeError: no till");
    for (const id of [`${CONTAINER}:${startedAt}`, `${CONTAINER}:${started}`, CONTAINER]) {
      const { stdout } = await crashes(loki, "show", id);
      expect(stdout, id).toContain(`crash id     ${CONTAINER}:${startedAt}`);
      expect(stdout, id).toContain("the process itself said\n  what it said of itself");
    }
  });

  it("shows only the service, host, environment and time asked for", async () => {
    const loki = await startLoki();
    store(loki, { minutesAgo: 1, crashId: "here:1" });
    store(loki, { minutesAgo: 1, crashId: "api:1", service: "api" });
    store(loki, { minutesAgo: 1, crashId: "vm2:1", fields: { host_name: "vm2" } });
    store(loki, {
      minutesAgo: 1,
      crashId: "stage:1",
      fields: { deployment_environment_name: "stage" },
    });
    store(loki, { minutesAgo: 3 * 24 * 60, crashId: "old:1" });
    const ids = (ran: Ran): (string | undefined)[] =>
      rowsOf(ran)
        .map((row) => row.trim().split(/\s+/).at(-1))
        .sort();
    expect(ids(await crashes(loki, "api"))).toEqual(["api:1"]);
    expect(ids(await crashes(loki, "--host", "vm2"))).toEqual(["vm2:1"]);
    expect(ids(await crashes(loki, "--environment", "stage"))).toEqual(["stage:1"]);
    expect(ids(await crashes(loki))).toEqual(["api:1", "here:1", "stage:1", "vm2:1"]);
    expect(ids(await crashes(loki, "--since", "7d"))).toContain("old:1");
  });

  it("shows the newest up to the limit, and counts all", async () => {
    const loki = await startLoki();
    for (let n = 0; n < 12; n++) store(loki, { minutesAgo: n + 1, crashId: `c${n}:1` });
    const ran = await crashes(loki, "--limit", "2");
    expect(rowsOf(ran).map((row) => row.trim().split(/\s+/).at(-1))).toEqual(["c0:1", "c1:1"]);
    expect(ran.stdout).toContain("12 crashes of 1 service, the newest 2 shown\n");
  });

  it("does not call a loop of an hour ago one of now", async () => {
    const loki = await startLoki();
    store(loki, { minutesAgo: 61, restartLoop: true });
    expect((await crashes(loki)).stdout).not.toContain("restart loop");
  });

  it("asks for no bodies, which are up to 256 kB each", async () => {
    const loki = await startLoki();
    store(loki, { minutesAgo: 1 });
    await crashes(loki, "shop");
    expect(loki.queries[0]).toBe(
      '{service_name="shop", kind="crash"} | line_format "{{ __line__ | trunc 300 }}"',
    );
  });

  it("prints one JSON object a line, with numbers as numbers", async () => {
    const loki = await startLoki();
    const { crashId, diedAt } = store(loki, { minutesAgo: 1, memoryBytes: 512, planned: true });
    const { stdout } = await crashes(loki, "--all", "--json");
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        crashId,
        service: "shop",
        host: "vm1",
        source: "agent",
        run: 4,
        verdict: "uncaught",
        exitCode: 1,
        planned: true,
        restartLoop: false,
        startedAt: diedAt - 192_000,
        diedAt,
        evidence: "exit code 1",
        memoryBytes: 512,
      },
    ]);
  });

  it("takes records of others, with fields missing or odd", async () => {
    const loki = await startLoki();
    loki.lines.push({
      timeNanos: BigInt(Date.now() - MINUTE) * 1_000_000n,
      line: "",
      fields: { kind: "crash" },
    });
    store(loki, {
      minutesAgo: 2,
      fields: { verdict: "eaten", run: "x", exit_code: "", died_at: "1e999" },
    });
    const ran = await crashes(loki);
    expect(ran.code).toBe(0);
    expect(rowsOf(ran).map((row) => /shop +- +cause unknown +-/.test(row))).toEqual([true, true]);
  });
});

describe("crashes without any", () => {
  it("says so and what to try next", async () => {
    const loki = await startLoki();
    storeLine(loki, Date.now() - MINUTE, "well", {});
    const nobody = await crashes(loki);
    expect(nobody).toMatchObject({ code: 0, stdout: "" });
    expect(nobody.stderr).toBe(
      "no crash in the last 1d\n  nobody reported a death in the last 7 days; the agent does, where it runs beside the containers, and @sightline/node, at the next start of a service\n",
    );
    store(loki, { minutesAgo: 2 * 24 * 60 });
    expect((await crashes(loki, "shop")).stderr).toBe(
      "no crash of shop in the last 1d\n  try a longer --since, for example --since 7d\n",
    );
    store(loki, { minutesAgo: 1, planned: true, verdict: "clean" });
    expect((await crashes(loki)).stderr).toContain(
      "1 ended as asked or by themselves; sightline crashes --all shows them",
    );
  });

  it("knows a misspelt service", async () => {
    const loki = await startLoki();
    store(loki, { minutesAgo: 1 });
    const { code, stderr } = await crashes(loki, "shp");
    expect(code).toBe(1);
    expect(stderr).toContain(
      'no service "shp" has sent a line in the last 7 days\n  did you mean "shop"?',
    );
  });

  it("ends with 8 and the next command where Loki does not answer", async () => {
    const loki = await startLoki();
    await loki.pause();
    for (const args of [[], ["show", "3f"]]) {
      const { code, stderr } = await crashes(loki, ...args);
      expect(code).toBe(8);
      expect(stderr).toMatch(/^sightline: Loki does not answer: ECONNREFUSED\n.*sightline status /);
    }
    await loki.resume();
  });
});

const BODY = `shop died: uncaught exception (run 4, after 3m 12s)
Evidence: exit code 1
Exception:
  TypeError: x
      at y

${formatCrashLines(
  [
    { time: "2026-11-20T08:12:02.005Z", stream: "stdout", text: "GET /" },
    {
      time: "2026-11-20T08:12:02.006Z",
      stream: "stderr",
      text: "TypeError: x\u001b]0;pwned\u0007",
    },
  ],
  3_120,
)}`;

describe("crashes show", () => {
  it("prints a death with its facts and the lines of its record", async () => {
    const loki = await startLoki();
    const { crashId } = store(loki, {
      minutesAgo: 1,
      body: BODY,
      release: "1.4.0",
      fields: { container_name: "shop-1", container_id: `${CONTAINER}6f708192` },
    });
    const { code, stdout } = await crashes(loki, "show", crashId);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^shop died: uncaught exception \(run 4, after 3m 12s\)\n\n {2}when {9}/,
    );
    for (const text of [
      `  crash id     ${crashId}\n`,
      "  container    shop-1, 3f2a1b9c4d5e\n",
      "  release      1.4.0\n",
      "\n\n  Evidence: exit code 1\n  Exception:\n    TypeError: x\n        at y\n\n",
      "  last lines (2)\n",
    ])
      expect(stdout).toContain(text);
    expect(stdout).toMatch(/:02\.005 stdout GET \/\n.*:02\.006 stderr TypeError: x\n$/);
    expect(stdout.match(/exit code 1/g)).toHaveLength(1);
  });

  it("takes the beginning of an id where only one death has it, and lists them where several do", async () => {
    const loki = await startLoki();
    store(loki, { minutesAgo: 1, crashId: `${CONTAINER}:1700`, body: BODY });
    store(loki, { minutesAgo: 2, crashId: `${CONTAINER}:17`, body: BODY, verdict: "killed" });
    store(loki, { minutesAgo: 3, crashId: "vm1:42:9", body: BODY });
    expect((await crashes(loki, "show", "vm1")).stdout).toContain("vm1:42:9");
    expect((await crashes(loki, "show", `${CONTAINER}:17`)).stdout).toContain(`${CONTAINER}:17\n`);
    const several = await crashes(loki, "show", "3f2a");
    expect(several).toMatchObject({ code: 1, stdout: "" });
    expect(several.stderr).toContain(
      'sightline: 2 crash ids begin with "3f2a"; give more of the one\n',
    );
    expect(several.stderr).toMatch(/\n {2}3f2a1b9c4d5e:1700 {3}\d.* shop: uncaught exception\n/);
    expect(several.stderr).toMatch(/\n {2}3f2a1b9c4d5e:17 {3}\d.* shop: killed\n/);
  });

  it.each([".*", "3f2a|x", "(", "\\", '"} or {'])(
    "takes %j for an id and not for an expression",
    async (id) => {
      const loki = await startLoki();
      store(loki, { minutesAgo: 1 });
      const { code, stderr } = await crashes(loki, "show", id);
      expect(code).toBe(1);
      expect(stderr).toContain(`no crash id begins with "${id}" in the last 30 days`);
    },
  );

  it("refuses what belongs to the list", async () => {
    const { code, stderr } = await crashes(await startLoki(), "show", CONTAINER, "--since", "7d");
    expect(code).toBe(64);
    expect(stderr).toContain("unknown option '--since'");
  });

  it("refuses an empty id", async () => {
    const { code, stderr } = await crashes(await startLoki(), "show", " ");
    expect(code).toBe(64);
    expect(stderr).toContain("sightline crashes lists them");
  });

  it("prefers the agent's record, and shows what the process said beside it", async () => {
    const loki = await startLoki();
    const death = { minutesAgo: 1, crashId: `${CONTAINER}:7` } as const;
    store(loki, { ...death, body: BODY });
    store(loki, { ...death, minutesAgo: 0.9, source: "process", body: "heap 500 of 512 MB" });
    const { stdout } = await crashes(loki, "show", `${CONTAINER}:7`);
    expect(stdout).toContain("reported by  agent\n");
    expect(stdout).toContain("  the process itself said\n  heap 500 of 512 MB\n");
  });

  it("takes the lines of that run from Loki where the record has none", async () => {
    const loki = await startLoki();
    const { diedAt } = store(loki, { minutesAgo: 1, body: "", evidence: "seen by itself" });
    const ofRun = { container_id: `${CONTAINER}6f708192`, run: "4" };
    storeLine(loki, diedAt - 2_000, "the line before last", ofRun);
    storeLine(loki, diedAt + 20, "the last line", ofRun);
    storeLine(loki, diedAt - 1_000, "of another container", { container_id: "ffff", run: "4" });
    storeLine(loki, diedAt + 30, "of the next run", { ...ofRun, run: "5" });
    storeLine(loki, diedAt - 600_000, "before this run", { ...ofRun, run: "3" });
    const { stdout } = await crashes(loki, "show", CONTAINER);
    expect(stdout).toMatch(/^shop: uncaught exception \(run 4, after 3m 12s\)\n/);
    expect(stdout).toContain("  evidence     seen by itself\n");
    expect(stdout).toMatch(
      /last lines, from Loki \(2\)\n.*INFO {2}the line before last\n.*INFO {2}the last line\n$/,
    );
  });

  it("takes the lines of the service where none names the container, and says so", async () => {
    const loki = await startLoki();
    const { diedAt } = store(loki, { minutesAgo: 1 });
    storeLine(loki, diedAt - 1_000, "by the SDK", {});
    storeLine(loki, diedAt - 1_000, "elsewhere", { host_name: "vm2" });
    storeLine(loki, diedAt + 1_000, "after it", {});
    const { stdout } = await crashes(loki, "show", CONTAINER);
    expect(stdout).toMatch(/lines of the service before it, .*\(1\)\n.*INFO {2}by the SDK\n$/);
  });

  it("says that no line is kept", async () => {
    const loki = await startLoki();
    store(loki, { minutesAgo: 1 });
    expect((await crashes(loki, "show", CONTAINER)).stdout).toContain("no line before it is kept");
  });

  it("gives fields and lines as one JSON object", async () => {
    const loki = await startLoki();
    const { crashId } = store(loki, { minutesAgo: 1, body: BODY });
    const { stdout } = await crashes(loki, "show", CONTAINER, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      crashId,
      verdict: "uncaught",
      summary: expect.stringContaining("Evidence: exit code 1"),
      linesFrom: "record",
      lines: [
        { time: "2026-11-20T08:12:02.005Z", stream: "stdout", text: "GET /" },
        { stream: "stderr" },
      ],
    });
  });
});
