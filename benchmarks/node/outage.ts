import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section, type Target } from "../report.ts";
import { readDiskUsage } from "../stack/disk-usage.ts";
import {
  environmentOf,
  LINE_CANDIDATES,
  type LineCandidate,
  moduleOf,
  OURS_WINSTON,
} from "./candidates.ts";
import { startCommand } from "./child.ts";
import { createGate } from "./gate.ts";
import { prepareWorkbench, type Workbench } from "./install.ts";
import { type Sink, type SinkMode, withSink } from "./sink.ts";

// winston-loki waits a minute after a failure.
const FULL = { seconds: 600, quietMillis: 90_000, giveUpMillis: 300_000 };
const QUICK = { seconds: 30, quietMillis: 70_000, giveUpMillis: 100_000 };
const LINES_PER_SECOND = 200;
const POLL_MILLIS = 1_000;
const MEGABYTE = 1_000_000;
const START_MILLIS = 60_000;

type Trouble = { readonly name: string; readonly mode: SinkMode | "away" };

const TROUBLES: readonly Trouble[] = [
  { name: "receiver away", mode: "away" },
  { name: "answers 429", mode: "429" },
  { name: "answers 400", mode: "400" },
  { name: "answers 200 with a page of HTML", mode: "garbage" },
  { name: "never answers", mode: "never" },
];

const CANDIDATES: readonly LineCandidate[] = LINE_CANDIDATES.filter(
  ({ base, isOurs, usesPino }) => base !== undefined && !(isOurs && usesPino),
);

type Result = {
  readonly trouble: string;
  readonly candidate: string;
  readonly arrived: number;
  readonly doubled: number;
  readonly peakMegabytes: number;
  readonly diskMegabytes: number;
};

export async function measureOutage(context: PartContext): Promise<Section> {
  const size = context.isQuick ? QUICK : FULL;
  const workbench = prepareWorkbench(context);
  context.note(`outage: ${TROUBLES.length} troubles at once, ${size.seconds} s`);
  const results = await Promise.all(
    TROUBLES.map((trouble) =>
      withSink(workbench, {}, (sink) => liveThrough(workbench, sink, trouble, size)),
    ),
  );
  return describe(results.flat(), size);
}

/** All candidates write for as long as the trouble lasts; then it is over, and what comes counts. */
async function liveThrough(
  workbench: Workbench,
  sink: Sink,
  trouble: Trouble,
  size: typeof FULL,
): Promise<Result[]> {
  const gate = await createGate(sink.port);
  const url = gate.url;
  const receivers = {
    otlpUrl: url,
    lokiUrl: url,
    sentryDsn: `http://bench@127.0.0.1:${gate.port}/1`,
  };
  const writers = await Promise.all(
    CANDIDATES.map((candidate) => startWriter(workbench, candidate, receivers, trouble, size)),
  );
  if (trouble.mode === "away") await gate.close();
  else await sink.setMode(trouble.mode);
  await Promise.all(writers.map(({ written }) => written));
  const disks = writers.map(({ data }) => readDiskUsage(data) / MEGABYTE);
  if (trouble.mode === "away") await gate.open();
  else await sink.setMode("ok");
  const counts = await Promise.all(writers.map(({ run }) => settle(sink, run, size)));
  const results = writers.map((writer, index) => ({
    trouble: trouble.name,
    candidate: writer.candidate.name,
    arrived: counts[index]?.lines ?? Number.NaN,
    doubled: counts[index]?.doubled ?? Number.NaN,
    peakMegabytes: writer.peakMegabytes(),
    diskMegabytes: disks[index] ?? Number.NaN,
  }));
  await Promise.all(writers.map(({ end }) => end()));
  await gate.close();
  return results;
}

async function startWriter(
  workbench: Workbench,
  candidate: LineCandidate,
  receivers: { otlpUrl: string; lokiUrl: string; sentryDsn: string },
  { mode }: Trouble,
  size: typeof FULL,
) {
  const data = mkdtempSync(join(tmpdir(), "sightline-bench-"));
  const run = `${mode}x${CANDIDATES.indexOf(candidate)}`;
  const options = {
    ...receivers,
    service: run,
    run,
    linesPerSecond: LINES_PER_SECOND,
    seconds: size.seconds,
  };
  const running = startCommand(
    [
      process.execPath,
      workbench.program("outage.mjs"),
      moduleOf(workbench, candidate),
      JSON.stringify(options),
    ],
    {
      env: environmentOf(receivers, { service: run, data }),
      timeoutMillis: START_MILLIS + size.seconds * 2_000 + size.giveUpMillis,
      hasIpc: true,
    },
  );
  const { child, ended } = running;
  const told = (word: string): Promise<void> =>
    new Promise((resolve, reject) => {
      child.on("message", (message) => message === word && resolve());
      void ended.then(({ stderr }) =>
        reject(new Error(`${candidate.name} ended in the outage:\n${stderr.slice(-2_000)}`)),
      );
    });
  const written = told("written");
  written.catch(() => {});
  await told("ready");
  return {
    candidate,
    run,
    data,
    written,
    peakMegabytes: () => readPeakBytes(child.pid ?? 0) / MEGABYTE,
    end: async () => {
      child.kill("SIGKILL");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Highest resident memory of its life (proc(5), `VmHWM`). */
function readPeakBytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1]) * 1_024;
}

async function settle(
  sink: Sink,
  run: string,
  { seconds, quietMillis, giveUpMillis }: typeof FULL,
): Promise<{ lines: number; doubled: number }> {
  const all = LINES_PER_SECOND * seconds;
  const deadline = performance.now() + giveUpMillis;
  let last = await sink.count(run);
  let changedAt = performance.now();
  while (
    last.lines < all &&
    performance.now() < deadline &&
    performance.now() - changedAt < quietMillis
  ) {
    await delay(POLL_MILLIS);
    const next = await sink.count(run);
    if (next.lines !== last.lines) changedAt = performance.now();
    last = next;
  }
  return last;
}

function describe(results: readonly Result[], size: typeof FULL): Section {
  const all = LINES_PER_SECOND * size.seconds;
  const find = (trouble: string, candidate: string): Result | undefined =>
    results.find((result) => result.trouble === trouble && result.candidate === candidate);
  const table = (title: string, show: (result: Result) => string) => ({
    columns: [title, ...TROUBLES.map(({ name }) => name)],
    rows: CANDIDATES.map(({ name }) => [
      name,
      ...TROUBLES.map((trouble) => {
        const result = find(trouble.name, name);
        return result === undefined ? "–" : show(result);
      }),
    ]),
  });
  return {
    part: "outage",
    title: `${formatFigure(size.seconds / 60)} min at ${LINES_PER_SECOND} lines/s with a receiver that takes nothing`,
    tables: [
      table(`of ${all} lines lost`, ({ arrived, doubled }) =>
        doubled === 0 ? String(all - arrived) : `${all - arrived}, ${doubled} doubled`,
      ),
      table("highest memory (RSS), MB", ({ peakMegabytes }) => formatFigure(peakMegabytes)),
      table("disk at the end of it, MB", ({ diskMegabytes }) => formatFigure(diskMegabytes)),
    ],
    targets: ["receiver away", "answers 429", "never answers"].map(
      (name): Target => ({
        name: `lines of @sightline/node lost, ${name}`,
        value: all - (find(name, OURS_WINSTON)?.arrived ?? 0),
        limit: 0,
        unit: "lines",
      }),
    ),
    notes: [
      `After the outage it is waited until all is there, or nothing new came for ${size.quietMillis / 1_000} s. The disk of @sightline/node holds its spool and the file of the crash recorder, which has a fixed size. A 400 says that the batch is wrong and must not be sent again (OTLP specification), and a 200 that it was taken: who believes them cannot keep those lines.`,
    ],
    data: { size, results },
  };
}
