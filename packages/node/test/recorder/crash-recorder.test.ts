import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

const REGISTER = new URL("../../src/register.ts", import.meta.url).href;
const bed = useReceiverBed();

type Given = {
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
};

function run(script: string, { env = {}, nodeArgs = [] }: Given = {}) {
  return runApp(script, {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: script === "switched-off.mjs" ? nodeArgs : [...nodeArgs, "--import", REGISTER],
    env,
  });
}

function ringBytes(): Buffer {
  const folder = join(bed.data.path, "ring", "fixture");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Buffer.concat(
    files
      .filter((name) => /(^|\/)ring$/.test(name))
      .map((name) => readFileSync(join(folder, name))),
  );
}

const crashes = () => bed.receiver.logs.filter(({ attributes }) => attributes["kind"] === "crash");

it("has no secret in its file: neither in a line nor in the mark of an uncaught error", async () => {
  await run("dying.ts", { env: { DEATH: "throw", LINES: "10" } }).ended;
  const bytes = ringBytes();
  expect(bytes.includes("the till is empty")).toBe(true);
  expect(bytes.includes("line 10")).toBe(true);
  expect(bytes.includes("hunter2")).toBe(false);
});

it("writes nothing where it is switched off", async () => {
  const app = run("switched-off.mjs");
  expect((await app.ended).code).toBe(0);
  expect(existsSync(join(bed.data.path, "ring"))).toBe(false);
});

it("tells the death of a service whose lines are printed, and sends no line", async () => {
  const env = { SIGHTLINE_LOGS: "stdout", LINES: "50" };
  await run("dying.ts", { env: { ...env, DEATH: "sigkill" } }).ended;
  expect(ringBytes().includes("line 50")).toBe(false);
  const next = run("dying.ts", { env: { ...env, LINES: "0", DEATH: "stays" } });
  await next.prints("stays");
  await bed.receiver.until(() => crashes().length === 1);
  next.child.kill("SIGTERM");
  await next.ended;
  expect(crashes()[0]?.attributes["verdict"]).toBe("killed");
  expect(bed.receiver.logs).toHaveLength(1);
});

it("has a ring for each process of a cluster; those that live tell of those that died", async () => {
  const app = run("cluster.mjs");
  await app.prints("second is up");
  await bed.receiver.until(() => crashes().length === 1 && bodies("first").length === 200);
  app.child.kill("SIGTERM");
  await app.ended;
  expect(crashes()).toHaveLength(1);
  expect(new Set(bodies("first")).size).toBe(200);
  expect(new Set(bodies("second")).size).toBe(200);
  expect(bodies("second")).toHaveLength(200);
});

function bodies(worker: string): string[] {
  return bed.receiver.logs.map(({ body }) => body).filter((body) => body.startsWith(`${worker} `));
}

it("leaves the reports that the host asks for as they are without it", async () => {
  const seen = await reportsOfHost();
  expect(seen).toMatchObject({
    hasEnvironment: true,
    hasEnvironmentAgain: true,
    isNamedHere: true,
    reportOnFatalError: true,
  });
  expect(seen["directory"]).toContain(join(bed.data.path, "ring"));
});

it("leaves report settings of the host alone", async () => {
  const seen = await reportsOfHost(["--report-directory", fixtures]);
  expect(seen).toMatchObject({ directory: fixtures, reportOnFatalError: false });
});

const fixtures = join(import.meta.dirname, "../fixtures");

async function reportsOfHost(nodeArgs: readonly string[] = []): Promise<Record<string, unknown>> {
  try {
    const { stdout, stderr } = await run("report-host.mjs", { nodeArgs }).ended;
    expect(stdout, stderr).not.toBe("");
    return JSON.parse(stdout) as Record<string, unknown>;
  } finally {
    for (const name of readdirSync(fixtures)) {
      if (/^(report\..*|named)\.json$/.test(name)) rmSync(join(fixtures, name));
    }
  }
}

it("starts where nobody can say how much memory the process takes", async () => {
  const noProc = `data:text/javascript,process.memoryUsage.rss=()=>{throw new Error("ENOENT")}`;
  const app = run("exit-at-once.mjs", { nodeArgs: ["--import", noProc] });
  expect(await app.ended).toMatchObject({ code: 7 });
});
