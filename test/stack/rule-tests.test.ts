import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT } from "@sightline/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { run } from "../../packages/cli/src/run.ts";
import { recordIo } from "../../packages/cli/test/support/io.ts";
import { until } from "../harness/until.ts";

const FIXTURES = join(import.meta.dirname, "fixtures/rule-tests");
const SPEC = join(FIXTURES, "sightline.yaml");
const MAIN = join(import.meta.dirname, "../../packages/cli/src/main.ts");

/** The user's environment without what would change a run. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("SIGHTLINE_"));
  return { ...Object.fromEntries(own), ...more };
}

async function sightline(...args: string[]) {
  const io = recordIo(environment());
  const code = await run(["test", ...args], io);
  return { code, out: io.stdout(), err: io.stderr() };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sightline-rules-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function project(tests: string): string {
  const path = folder();
  writeFileSync(join(path, "sightline.yaml"), readFileSync(SPEC));
  writeFileSync(join(path, "a.sightline-test.yaml"), tests);
  return join(path, "sightline.yaml");
}

describe("sightline test", () => {
  test("every default alert and every form of alert does the same in both outputs", async () => {
    const { code, out } = await sightline("--file", SPEC, "--json");
    const result = JSON.parse(out);
    const failed = result.tests.flatMap(
      (one: { name: string; failures: unknown[]; passed: boolean }) =>
        one.passed ? [] : [{ name: one.name, failures: one.failures }],
    );
    expect(failed).toEqual([]);
    expect(code).toBe(EXIT.ok);
    expect(result.tests.length + result.routes.length).toBeGreaterThanOrEqual(95);
    for (const one of result.tests) {
      const statuses = one.outputs.map(({ status }: { status: string }) => status);
      expect(statuses).toEqual([one.alert === "Only Grafana" ? "absent" : "ran", "ran"]);
    }
  });

  test("what is expected wrongly is told with its place, the time and what came", async () => {
    const file = project(`tests:
  - name: too early
    alert: Payments fail
    lines: [{service: api, text: "payment failed", at: 1m..6m every 30s}]
    expect:
      - {at: 1m, state: firing}
      - {at: 5m, state: firing, count: 2, message: {line: "another"}, tells: [chat]}
`);
    const { code, out } = await sightline("--file", file);
    expect(code).toBe(EXIT.problems);
    expect(out).toContain(
      "a.sightline-test.yaml:6:9 at 1m: expected firing, was normal, in Loki and Grafana",
    );
    expect(out).toContain("expected 2 firing, were 1");
    expect(out).toContain('line: expected "another", was "payment failed"');
    expect(out).toContain("expected to tell chat, tells ops");
    expect(out).toContain("1 of 2 tests failed");
  });

  test("a test of an alert that is not there names the one that was meant, and starts nothing", async () => {
    const file = project(`tests:
  - {name: a, alert: Payment fails, expect: [{at: 1m, state: normal}]}
  - {name: b, alert: Slow answer, expect: [{at: 1m, state: normal}]}
`);
    const { code, err } = await sightline("--file", file);
    expect(code).toBe(EXIT.problems);
    expect(err).toContain('did you mean "Payments fail"?');
    expect(err).toContain('did you mean "Slow answers"?');
  });

  test("a failing test is in the JUnit report and in GitHub's annotations", async () => {
    const file = project(`tests:
  - {name: "a <b> & c", alert: Watchdog, expect: [{at: 1m, state: normal}]}
`);
    const junit = join(folder(), "junit.xml");
    const { code, out } = await sightline("--file", file, "--format", "github", "--junit", junit);
    expect(code).toBe(EXIT.problems);
    expect(out).toMatch(/^::error file=.*a\.sightline-test\.yaml,line=2,col=\d+/m);
    const xml = readFileSync(junit, "utf8");
    expect(xml).toContain('name="a &lt;b&gt; &amp; c"');
    expect(xml).toContain('failures="1"');
  });

  test("only tests with the text in their name are run; none is wrong usage", async () => {
    const one = await sightline("--file", SPEC, "--filter", "WATCHDOG", "--json");
    expect(JSON.parse(one.out).tests).toHaveLength(1);
    const none = await sightline("--file", SPEC, "--filter", "no such test");
    expect(none.code).toBe(EXIT.usage);
    expect(none.err).toContain('no test has "no such test" in its name');
  });

  test("the first test file that --init writes passes, and is never written over", async () => {
    const path = folder();
    const file = join(path, "sightline.yaml");
    writeFileSync(file, readFileSync(SPEC));
    expect((await sightline("--file", file, "--init")).code).toBe(EXIT.ok);
    const again = await sightline("--file", file, "--init");
    expect(again.code).toBe(EXIT.usage);
    expect(again.err).toContain("is left as it is");
    const result = await sightline("--file", file);
    expect(result.out).not.toContain("✗");
    expect(result.code).toBe(EXIT.ok);
  });

  test("without the servers it says how to get them", async () => {
    const io = recordIo(environment({ XDG_CACHE_HOME: folder() }));
    const code = await run(["test", "--file", SPEC], io);
    expect(code).toBe(EXIT.failure);
    expect(io.stderr()).toContain("up --mode embedded --only build");
  });

  test("two runs at once do not disturb each other", async () => {
    const filter = ["--file", SPEC, "--filter", "payments", "--json"];
    const runs = await Promise.all([sightline(...filter), sightline(...filter)]);
    expect(runs.map(({ code }) => code)).toEqual([EXIT.ok, EXIT.ok]);
  });
});

describe("a run that ends early", () => {
  test("after Ctrl-C neither a server nor a folder is left", async () => {
    const started = await startRun();
    started.child.kill("SIGINT");
    expect(await started.ended).toBe(EXIT.interrupted);
    expect(isAlive(started.loki)).toBe(false);
    expect(readdirSync(started.temp)).toEqual([]);
  });

  test("a Loki that dies in the middle is told, and nothing is left", async () => {
    const started = await startRun();
    process.kill(started.loki, "SIGKILL");
    expect(await started.ended).toBe(EXIT.failure);
    expect(started.stderr()).toContain("the Loki of the tests is gone");
    expect(readdirSync(started.temp)).toEqual([]);
  });
});

interface StartedRun {
  readonly child: ChildProcess;
  /** A child of this run alone: other stacks have a Loki, too. */
  readonly loki: number;
  readonly temp: string;
  readonly ended: Promise<number | null>;
  readonly stderr: () => string;
}

/** A run with so many lines that it is under way for a while, once its Loki is there. */
async function startRun(): Promise<StartedRun> {
  const cases = Array.from(
    { length: 60 },
    (_, index) => `  - name: many ${index}
    alert: Payments fail
    lines: [{service: api, text: "payment failed", at: 0m..24h every 10s}]
    expect: [{at: 24h, state: firing}]
`,
  );
  const file = project(`tests:\n${cases.join("")}`);
  const temp = folder();
  const args = ["--conditions=development", MAIN, "test", "--file", file];
  const child = spawn(process.execPath, args, {
    env: environment({ TMPDIR: temp }),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const pid = child.pid as number;
  const loki = await until("the Loki of this run", async () => childrenOf(pid)[0]);
  await until("its answer", async () => (await fetch(`${lokiUrl(temp)}/ready`)).ok);
  return { child, loki, temp, ended, stderr: () => stderr };
}

/** By the configuration that the run wrote for it. */
function lokiUrl(temp: string): string {
  const [own = ""] = readdirSync(temp);
  const config = JSON.parse(readFileSync(join(temp, own, "loki-1/config.json"), "utf8"));
  return `http://127.0.0.1:${config.server.http_listen_port}`;
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("the page about rule tests shows what really comes", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/rule-tests.md"), "utf8");
  const [spec = "", tests = ""] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, text = ""]) => text,
  );
  const [shown = ""] = [...page.matchAll(/```text\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  const path = folder();
  writeFileSync(join(path, "sightline.yaml"), spec);
  writeFileSync(join(path, "alerts.sightline-test.yaml"), tests);
  const { out } = await sightline("--file", join(path, "sightline.yaml"));
  expect(out.replaceAll(`${path}/`, "").replace(/ in [\d.]+m?s\n$/, "\n")).toBe(shown);
});
