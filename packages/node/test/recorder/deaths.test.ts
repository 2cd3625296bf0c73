/** What the next start finds of a process that died; each death is a real one. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ReceivedLog } from "../support/otlp-proto.ts";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { type App, runApp } from "../support/run-app.ts";
import { until } from "../support/until.ts";

const REGISTER = new URL("../../src/register.ts", import.meta.url).href;
const LINES = 2_000;

const bed = useReceiverBed();

type Run = {
  readonly death: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  readonly endpoint?: string;
};

function run({ death, env, nodeArgs = [], endpoint }: Run): App {
  return runApp("dying.ts", {
    endpoint: endpoint ?? bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: ["--import", REGISTER, ...nodeArgs],
    env: { DEATH: death, LINES: String(LINES), ...env },
  });
}

function numbered(): string[] {
  return bed.receiver.logs.map(({ body }) => body).filter((body) => body.startsWith("line "));
}

function crashes(): ReceivedLog[] {
  return bed.receiver.logs.filter(({ attributes }) => attributes["kind"] === "crash");
}

/** Folders of all rings, that of a running process and those it has taken over included. */
function ringFolders(): number {
  const folder = join(bed.data.path, "ring", "fixture");
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /ring-\d+-[0-9a-f]+$/.test(name),
  ).length;
}

async function recover(expectedCrashes: number): Promise<void> {
  const next = run({ death: "stays", env: { LINES: "0" } });
  await next.prints("stays");
  await bed.receiver.until(
    () => new Set(numbered()).size >= LINES && crashes().length >= expectedCrashes,
  );
  await until("only its own ring is left", () => ringFolders() === 1);
  next.child.kill("SIGTERM");
  await next.ended;
}

const ALL = Array.from({ length: LINES }, (_, index) => `line ${index + 1}`);
const byNumber = (left: string, right: string) => Number(left.slice(5)) - Number(right.slice(5));

it.each([
  ["SIGKILL", { death: "sigkill" }, "killed"],
  ["process.exit(3)", { death: "exit3" }, "unknown"],
  ["an uncaught exception", { death: "throw" }, "uncaught"],
  ["an unhandled rejection", { death: "rejection" }, "rejection"],
  ["a full heap", { death: "heap", nodeArgs: ["--max-old-space-size=48"] }, "heap_limit"],
  ["SIGKILL beside a stuck transport", { death: "sigkill", env: { STUCK: "1" } }, "killed"],
] as const)("after %s, the next start sends every line once and tells why", async (...given) => {
  const [, options, verdict] = given;
  await run(options).ended;
  await recover(1);
  expect(numbered().sort(byNumber)).toEqual(ALL);
  expect(crashes()).toHaveLength(1);
  const [crash] = crashes();
  expect(crash?.attributes).toMatchObject({ verdict, source: "process", run: 1 });
  expect(crash?.body).toContain("info: line 2000");
});

it.each([
  ["process.exit(0)", { death: "exit0" }],
  ["SIGTERM", { death: "sigterm" }],
])("after %s, every line is there and no crash is told", async (_, options) => {
  await run(options).ended;
  await recover(0);
  expect(numbered().sort(byNumber)).toEqual(ALL);
  expect(crashes()).toHaveLength(0);
});
