import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Verdict } from "@sightline/core";
import { type MemoryCgroup, makeMemoryCgroup } from "./memory-cgroup.ts";
import { readLines } from "./otlp.ts";
import { repositoryRoot } from "./stack.ts";
import { until } from "./until.ts";

/** One way of dying, and what has to be told of it. */
export interface DeathCell {
  readonly name: string;
  /** What `packages/node/test/fixtures/dying.ts` does. */
  readonly death: string;
  /** `clean`: no crash record at all. */
  readonly verdict: Verdict;
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** In a control group with a limit of this many bytes. */
  readonly memoryLimitBytes?: number;
  /** Nobody takes its signals until its next start. */
  readonly isCollectorDown?: boolean;
}

export const DEATH_LINES = 2_000;

export const DEATH_CELLS: readonly DeathCell[] = [
  { name: "SIGKILL", death: "sigkill", verdict: "killed" },
  { name: "process.exit(0)", death: "exit0", verdict: "clean" },
  { name: "process.exit(3)", death: "exit3", verdict: "unknown" },
  { name: "throw", death: "throw", verdict: "uncaught" },
  { name: "rejection", death: "rejection", verdict: "rejection" },
  {
    name: "V8 heap limit",
    death: "heap",
    verdict: "heap_limit",
    nodeArgs: ["--max-old-space-size=64"],
  },
  {
    name: "cgroup OOM",
    death: "memory",
    verdict: "oom_probable",
    memoryLimitBytes: 268_435_456,
  },
  { name: "SIGTERM", death: "sigterm", verdict: "clean" },
  {
    name: "SIGKILL beside a stuck transport",
    death: "sigkill",
    verdict: "killed",
    env: { STUCK: "1" },
  },
  {
    name: "SIGKILL while the collector is down",
    death: "sigkill",
    verdict: "killed",
    isCollectorDown: true,
  },
  {
    name: "throw while the collector is down",
    death: "throw",
    verdict: "uncaught",
    isCollectorDown: true,
  },
];

export type DeathResult =
  | {
      readonly status: "ran";
      /** Distinct lines of the dying process that are in Loki, of {@link DEATH_LINES}. */
      readonly storedLines: number;
      /** Lines that are there more than once. */
      readonly doubledLines: number;
      /** Of the crash records in Loki; empty = none, which is what `clean` means. */
      readonly verdicts: readonly string[];
      readonly evidence: readonly string[];
    }
  | { readonly status: "skipped"; readonly reason: string };

export interface DeathRun {
  readonly cell: DeathCell;
  /** `service.name` that nobody else uses. */
  readonly service: string;
  /** `SIGHTLINE_DATA` of the service. */
  readonly data: string;
  readonly otlpUrl: string;
  readonly lokiUrl: string;
  /** Of the dying process and its successor, beside what this sets. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const FIXTURE = join(repositoryRoot, "packages/node/test/fixtures/dying.ts");
const REGISTER = pathToFileURL(join(repositoryRoot, "packages/node/src/register.ts")).href;
/** A port on which nobody listens: reserved, TCP port service multiplexer. */
const NOBODY = "http://127.0.0.1:1";

/** A process logs {@link DEATH_LINES} numbered lines and dies; then its successor starts. */
export async function runDeath(run: DeathRun): Promise<DeathResult> {
  const { cell } = run;
  if (cell.memoryLimitBytes === undefined) return await dieAndRecover(run, undefined);
  const made = makeMemoryCgroup(`sightline-${run.service}-${process.pid}`, cell.memoryLimitBytes);
  if (made.status === "unavailable") return { status: "skipped", reason: made.reason };
  try {
    return await dieAndRecover(run, made.cgroup);
  } finally {
    made.cgroup.remove();
  }
}

async function dieAndRecover(
  run: DeathRun,
  cgroup: MemoryCgroup | undefined,
): Promise<DeathResult> {
  const { cell } = run;
  const endpoint = cell.isCollectorDown ? NOBODY : run.otlpUrl;
  const dying = start(run, { endpoint, death: cell.death, lines: DEATH_LINES, cgroup });
  await ended(dying);
  // Not in the group: what the kernel counted there has to be read from outside.
  const next = start(run, { endpoint: run.otlpUrl, death: "stays", lines: 0 });
  try {
    await until(
      `${DEATH_LINES} lines and the verdict of ${cell.name} in Loki`,
      async () => {
        const { storedLines, verdicts } = await look(run);
        return storedLines >= DEATH_LINES && (cell.verdict === "clean" || verdicts.length > 0);
      },
      60_000,
    ).catch(() => undefined);
  } finally {
    next.kill("SIGTERM");
    await ended(next);
  }
  return { status: "ran", ...(await look(run)) };
}

type Started = {
  readonly endpoint: string;
  readonly death: string;
  readonly lines: number;
  readonly cgroup?: MemoryCgroup | undefined;
};

function start(run: DeathRun, { endpoint, death, lines, cgroup }: Started): ChildProcess {
  const nodeArgs = death === "stays" ? [] : (run.cell.nodeArgs ?? []);
  const args = ["--import", REGISTER, ...nodeArgs, FIXTURE];
  const command = cgroup?.command(process.execPath, args) ?? { file: process.execPath, args };
  return spawn(command.file, command.args, {
    env: {
      ...run.env,
      OTEL_SERVICE_NAME: run.service,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_METRICS_EXPORTER: "none",
      SIGHTLINE_DATA: run.data,
      DEATH: death,
      LINES: String(lines),
      ...run.cell.env,
    },
    stdio: "ignore",
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => resolve());
  });
}

async function look(run: DeathRun) {
  const stored = await readLines(run.lokiUrl, run.service);
  const lines = stored.map(({ line }) => line).filter((line) => /^line \d+$/.test(line));
  const distinct = new Set(lines);
  const crashes = stored.filter(({ fields }) => fields["kind"] === "crash");
  return {
    storedLines: distinct.size,
    doubledLines: lines.length - distinct.size,
    verdicts: crashes.map(({ fields }) => fields["verdict"] ?? ""),
    evidence: crashes.map(({ fields }) => fields["evidence"] ?? ""),
  };
}
