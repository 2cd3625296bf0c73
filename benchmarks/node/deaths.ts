import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { makeMemoryCgroup } from "../../test/harness/memory-cgroup.ts";
import type { TestStack } from "../../test/harness/stack.ts";
import type { PartContext } from "../part.ts";
import type { Section } from "../report.ts";
import { startServers, withStack } from "../stack/own-stack.ts";
import { environmentOf, type LineCandidate, moduleOf, type Receivers } from "./candidates.ts";
import { type Ended, startCommand } from "./child.ts";
import { DEATHS, type Death, DYING, LINES, PIPE } from "./death-plan.ts";
import { describeDeaths, type Life } from "./deaths-report.ts";
import { createGate, type Gate } from "./gate.ts";
import { prepareWorkbench, type Workbench } from "./install.ts";
import { readStored } from "./loki-lines.ts";
import { type Sink, withSink } from "./sink.ts";

const FULL = { ours: 50, others: 5 };
const QUICK = { ours: 3, others: 1 };
const AT_ONCE = 3;
const LIFE_MILLIS = 60_000;
/** Nothing new for so long: nothing will come any more. */
const QUIET_MILLIS = 4_000;
const GIVE_UP_MILLIS = 60_000;
const POLL_MILLIS = 500;

type Stage = {
  readonly workbench: Workbench;
  readonly lokiUrl: string;
  readonly lokiPort: number;
  readonly otlpPort: number;
  readonly sink: Sink;
};

export async function measureDeaths(context: PartContext): Promise<Section> {
  const size = context.isQuick ? QUICK : FULL;
  const workbench = prepareWorkbench(context);
  return withSink(workbench, {}, (sink) =>
    withStack(async (stack) => {
      context.note("deaths: starting the collector and Loki");
      await startServers(stack);
      const stage = createStage(workbench, stack, sink);
      const cells = DEATHS.flatMap((death) =>
        DYING.flatMap((candidate) => {
          // Only winston gives its transports one stream together.
          if (death.sibling !== undefined && candidate.usesPino) return [];
          const repeats = candidate.isOurs ? size.ours : size.others;
          return Array.from({ length: repeats }, () => ({ death, candidate }));
        }),
      );
      const lives: Life[] = [];
      await inPool(cells, async ({ death, candidate }, index) => {
        if (index % 10 === 0) context.note(`deaths: life ${index + 1} of ${cells.length}`);
        const life = await liveOnce(stage, candidate, death, index);
        if (life !== undefined) lives.push(life);
      });
      return describeDeaths(lives, size);
    }),
  );
}

function createStage(workbench: Workbench, stack: TestStack, sink: Sink): Stage {
  const portOf = (name: string): number => Number(new URL(stack.url(name)).port);
  return {
    workbench,
    lokiUrl: stack.url("loki"),
    lokiPort: portOf("loki"),
    otlpPort: portOf("otlp"),
    sink,
  };
}

async function inPool<T>(
  items: readonly T[],
  use: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      await use(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Undefined where this machine cannot play this death. */
async function liveOnce(
  stage: Stage,
  candidate: LineCandidate,
  death: Death,
  index: number,
): Promise<Life | undefined> {
  const made =
    death.maxMemoryBytes === undefined
      ? undefined
      : makeMemoryCgroup(`sightline-bench-${process.pid}-${index}`, death.maxMemoryBytes);
  if (made?.status === "unavailable") return undefined;
  const group = made?.cgroup;
  const run = `life${index}`;
  const service = `bench-${run}`;
  const data = mkdtempSync(join(tmpdir(), "sightline-bench-"));
  const gates = await openGates(stage);
  const receivers = receiversOf(gates);
  const start = (options: { lines: number; death: string }, first: boolean): Promise<Ended> => {
    const program = [stage.workbench.program("death.mjs"), moduleOf(stage.workbench, candidate)];
    const sibling = first && death.sibling !== undefined ? { sibling: death.sibling } : {};
    const json = JSON.stringify({ ...receivers, service, run, ...sibling, ...options });
    const flags = first ? (death.flags ?? []) : [];
    const node = { file: process.execPath, args: [...flags, ...program, json] };
    const grouped = first && group !== undefined ? group.command(node.file, node.args) : node;
    // A reader that does nothing else, as the one of a container.
    const reader = candidate === PIPE ? ["sh", "-c", '"$@" | cat > printed', "sh"] : [];
    return startCommand([...reader, grouped.file, ...grouped.args], {
      env: environmentOf(receivers, { service, data }),
      cwd: data,
      timeoutMillis: LIFE_MILLIS,
    }).ended;
  };
  try {
    if (death.isReceiverAway) await Promise.all(gates.map((gate) => gate.close()));
    const { stderr } = await start({ lines: LINES, death: death.kind }, true);
    // A program that never ran would look like one whose lines are all lost.
    if (stderr.includes("ERR_MODULE_NOT_FOUND")) throw new Error(`${candidate.name}: ${stderr}`);
    const name = { candidate: candidate.name, death: death.name };
    if (candidate === PIPE) return { ...name, ...countPrinted(data, run), verdicts: [] };
    if (death.isReceiverAway) await Promise.all(gates.map((gate) => gate.open()));
    await start({ lines: 0, death: "next start" }, false);
    if (candidate.module.includes("sentry")) {
      return { ...name, ...(await settle(() => stage.sink.count(run))), verdicts: [] };
    }
    const stored = await settle(() => readStored(stage.lokiUrl, service, run));
    return { ...name, ...stored };
  } finally {
    await Promise.all(gates.map((gate) => gate.close()));
    group?.remove();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Each receiver behind a port of this life's own, so that it can go away for this life alone. */
function openGates({ otlpPort, lokiPort, sink }: Stage): Promise<[Gate, Gate, Gate]> {
  return Promise.all([createGate(otlpPort), createGate(lokiPort), createGate(sink.port)]);
}

function receiversOf([otlp, loki, sentry]: readonly [Gate, Gate, Gate]): Receivers {
  return {
    otlpUrl: otlp.url,
    lokiUrl: loki.url,
    sentryDsn: `http://bench@127.0.0.1:${sentry.port}/1`,
  };
}

type Counted = { readonly lines: number; readonly doubled: number };

function countPrinted(folder: string, run: string): Counted {
  const stdout = readFileSync(join(folder, "printed"), "utf8");
  const seen = new Map<string, number>();
  for (const [, number = ""] of stdout.matchAll(new RegExp(`run ${run} line (\\d+) .*}\n`, "g"))) {
    seen.set(number, (seen.get(number) ?? 0) + 1);
  }
  return { lines: seen.size, doubled: [...seen.values()].filter((times) => times > 1).length };
}

/** Asks until all is there and stays, or nothing new comes. */
async function settle<T extends Counted>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + GIVE_UP_MILLIS;
  let last = await ask();
  let changedAt = performance.now();
  while (performance.now() < deadline && performance.now() - changedAt < QUIET_MILLIS) {
    await delay(POLL_MILLIS);
    const next = await ask();
    if (JSON.stringify(next) !== JSON.stringify(last)) changedAt = performance.now();
    last = next;
  }
  return last;
}
