import { setTimeout as delay } from "node:timers/promises";
import { CRASH_FIELD } from "@sightline/core";
import type { Rig } from "../../test/agent/rig.ts";
import { readRecords, type TimeRange } from "../../test/agent/stored.ts";
import { createTally } from "../../test/agent/tally.ts";
import type { PartContext } from "../part.ts";
import type { Section } from "../report.ts";
import { AGENT, createPair, runWriter, withRig } from "./bench-rig.ts";

const FULL_SECONDS = 600;
const QUICK_SECONDS = 30;
const PERIOD_MILLIS = 1_000;
const GIVE_UP_MILLIS = 60_000;
const LINES_PER_RUN = 5;

/** One container that keeps dying. */
interface Loop {
  readonly title: string;
  readonly group: string;
  readonly life: string;
  /** How often it was started, by whoever started it. */
  readonly runs: number;
}

interface Result extends Loop {
  readonly crashRecords: number;
  readonly missingRuns: readonly number[];
  readonly doubledRuns: number;
  readonly linesWritten: number;
  readonly linesLost: number;
  readonly linesDoubled: number;
}

/** Every run of a container that keeps dying leaves a record, and its lines. */
export async function measureCrashLoop({ isQuick, note }: PartContext): Promise<Section> {
  const seconds = isQuick ? QUICK_SECONDS : FULL_SECONDS;
  return withRig(async (rig) => {
    const { agent } = await createPair(rig, "loop");
    await agent.up();
    note(`crash-loop: two containers, ${seconds} s`);
    const fromMillis = Date.now();
    const loops = await Promise.all([restartByDocker(rig, seconds), restartByHand(rig, seconds)]);
    const range = { fromMillis, toMillis: Date.now() + GIVE_UP_MILLIS + 60_000 };
    const results: Result[] = [];
    for (const loop of loops) results.push(await judge(rig, loop, range));
    return describe(results, seconds);
  });
}

const command = (rig: Rig, life: string): string[] => [
  "lines",
  ...rig.counters.flagOf(life),
  ...["-go-on", "-rate", "50", "-count", String(LINES_PER_RUN), "-end", "exit", "-code", "1"],
];

/** Docker waits twice as long after each death, up to a minute. */
async function restartByDocker(rig: Rig, seconds: number): Promise<Loop> {
  const life = "life-always-0";
  const id = await runWriter(rig, "always", {
    name: life,
    command: command(rig, life),
    restart: "always",
  });
  await delay(seconds * 1000);
  await rig.docker.stop(id, 1);
  // Docker's own RestartCount has one more where the stop came while it was waiting.
  const runs = Math.ceil(rig.counters.written(life).begun / LINES_PER_RUN);
  return { title: "`--restart always`", group: "always", life, runs };
}

/** Somebody else starts it again at once, as systemd or a script does. */
async function restartByHand(rig: Rig, seconds: number): Promise<Loop> {
  const life = "life-loop-0";
  const deadline = performance.now() + seconds * 1000;
  const id = await runWriter(rig, "loop", { name: life, command: command(rig, life) });
  let runs = 1;
  let due = performance.now();
  for (;;) {
    await rig.docker.wait(id);
    due += PERIOD_MILLIS;
    await delay(Math.max(0, due - performance.now()));
    if (performance.now() >= deadline) break;
    await rig.docker.start(id);
    runs++;
  }
  return { title: "started again every second", group: "loop", life, runs };
}

async function judge(rig: Rig, loop: Loop, range: TimeRange): Promise<Result> {
  const { group, life, runs } = loop;
  const crashSelector = `{service_name="bench-${group}",kind="crash"}`;
  const written = rig.counters.written(life);
  const read = async () => {
    const crashes = await readRecords(rig.receivers.lokiUrl, crashSelector, range);
    const lines = await readRecords(
      rig.receivers.lokiUrl,
      `${AGENT.selector} |~ "^${life} "`,
      range,
    );
    const tally = createTally();
    for (const { text } of lines) tally.add(text);
    return { crashes, judgement: tally.judge(life, written) };
  };
  const deadline = performance.now() + GIVE_UP_MILLIS;
  let now = await read();
  while ((now.crashes.length < runs || now.judgement.lost > 0) && performance.now() < deadline) {
    await delay(1_000);
    now = await read();
  }
  const { crashes, judgement } = now;
  const numbers = crashes.map(({ fields }) => Number(fields[CRASH_FIELD.run]));
  const known = new Set(numbers);
  return {
    ...loop,
    crashRecords: crashes.length,
    missingRuns: Array.from({ length: runs }, (_, index) => index + 1).filter(
      (run) => !known.has(run),
    ),
    doubledRuns: numbers.length - known.size,
    linesWritten: written.finished,
    linesLost: judgement.lost,
    linesDoubled: judgement.doubled,
  };
}

function describe(results: readonly Result[], seconds: number): Section {
  const sum = (value: (result: Result) => number): number =>
    results.reduce((before, result) => before + value(result), 0);
  return {
    part: "crash-loop",
    title: `Containers that die again and again, ${seconds} s`,
    tables: [
      {
        columns: [
          "container",
          "runs",
          "crash records",
          "runs without one",
          "doubled",
          "lines written",
          "lost",
          "doubled",
        ],
        rows: results.map((result) => [
          result.title,
          String(result.runs),
          String(result.crashRecords),
          String(result.missingRuns.length),
          String(result.doubledRuns),
          String(result.linesWritten),
          String(result.linesLost),
          String(result.linesDoubled),
        ]),
      },
    ],
    targets: [
      {
        name: "runs without a crash record, or with two",
        value: sum(({ missingRuns, doubledRuns }) => missingRuns.length + doubledRuns),
        limit: 0,
        unit: "runs",
      },
      {
        name: "lines lost or doubled",
        value: sum(({ linesLost, linesDoubled }) => linesLost + linesDoubled),
        limit: 0,
        unit: "lines",
      },
    ],
    notes: [
      "Docker waits 100 ms before the first restart and twice as long before each further one, up to a minute. A second container is started again once a second by the benchmark.",
    ],
    data: { seconds, results },
  };
}
