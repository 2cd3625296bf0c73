import { setTimeout as delay } from "node:timers/promises";
import { makeProfile, removeProfile, startChromium } from "../../test/harness/browser.ts";
import { until } from "../../test/harness/until.ts";
import { atExit } from "../at-exit.ts";
import { type Quartiles, quartilesOf, showQuartiles } from "../node/quartiles.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section, type Target } from "../report.ts";
import { bundleCandidates } from "./bundles.ts";
import { CANDIDATES, OURS, type Program } from "./candidates.ts";
import { connectDevTools, type DevTools } from "./devtools.ts";
import { type PageSite, startPageSite } from "./page-site.ts";

const FULL = { rounds: 4, seconds: 10 };
const QUICK = { rounds: 3, seconds: 5 };
const LINES_PER_SECOND = 100;
/** Long enough for the last batch of every candidate: they send at latest after five seconds. */
const REST_MILLIS = 6_000;
/** For what a page does after it has loaded. */
const SETTLE_MILLIS = 1_500;

const BARE = "bare page";
const MAX_SHARE_PERCENT = 5;

type Measured = {
  /** Of the main thread until the page had settled, script's share included. */
  readonly startMillis: number;
  /** Of the main thread over the load and the rest after it. */
  readonly taskMillis: number;
  readonly longTasks: readonly number[];
  readonly heapMegabytes: number;
  readonly arrivedLines: number;
};

type Runs = ReadonlyMap<string, Measured[]>;

export async function measurePageCost(context: PartContext): Promise<Section> {
  const size = context.isQuick ? QUICK : FULL;
  const bundles = await bundleCandidates(context);
  const site = await startPageSite(bundles);
  const profile = makeProfile();
  const chromium = await startChromium(profile);
  const end = atExit(async () => {
    await chromium.kill();
    removeProfile(profile);
  });
  try {
    const tools = await connectDevTools(chromium.endpoint);
    const runs = await measureRounds(context, tools, site, size);
    tools.close();
    return describe(runs, size);
  } finally {
    await end();
    await site.close();
  }
}

/** Each once a round, there and back, so that a change of the machine hits all of them alike. */
async function measureRounds(
  { note }: PartContext,
  tools: DevTools,
  site: PageSite,
  { rounds, seconds }: typeof FULL,
): Promise<Runs> {
  const pages: { name: string; program?: Program }[] = [
    { name: BARE },
    ...CANDIDATES.filter(({ takesConsole }) => takesConsole),
  ];
  const runs = new Map<string, Measured[]>(pages.map(({ name }) => [name, []]));
  let run = 0;
  for (let round = 0; round < rounds; round += 1) {
    note(`page-cost: round ${round + 1} of ${rounds}`);
    for (const { name, program } of round % 2 === 0 ? pages : pages.toReversed()) {
      run += 1;
      runs.get(name)?.push(await measurePage(tools, site, { program, run, seconds }));
    }
  }
  return runs;
}

type Plan = {
  readonly program: Program | undefined;
  readonly run: number;
  readonly seconds: number;
};

/** In a context of its own: nothing is stored from the run before. */
async function measurePage(
  tools: DevTools,
  site: PageSite,
  { program, run, seconds }: Plan,
): Promise<Measured> {
  const { browserContextId } = await tools.send<{ browserContextId: string }>(
    "Target.createBrowserContext",
  );
  const { targetId } = await tools.send<{ targetId: string }>("Target.createTarget", {
    url: "about:blank",
    browserContextId,
  });
  const { sessionId } = await tools.send<{ sessionId: string }>("Target.attachToTarget", {
    targetId,
    flatten: true,
  });
  // Processor time of the thread: a busy neighbour makes it slower, not dearer.
  await tools.send("Performance.enable", { timeDomain: "threadTicks" }, sessionId);
  await tools.send("Page.navigate", { url: site.pageUrl(program, run) }, sessionId);
  await until("the page to be ready", () =>
    evaluate<boolean>(
      tools,
      sessionId,
      "document.readyState === 'complete' && typeof startLoad === 'function'",
    ),
  );
  await delay(SETTLE_MILLIS);
  const before = await readMetrics(tools, sessionId);
  const longTasks = await evaluate<number[]>(
    tools,
    sessionId,
    `startLoad(${LINES_PER_SECOND}, ${seconds}, ${REST_MILLIS})`,
  );
  const after = await readMetrics(tools, sessionId);
  await tools.send("Target.disposeBrowserContext", { browserContextId });
  return {
    startMillis: before.taskMillis,
    taskMillis: after.taskMillis - before.taskMillis,
    longTasks,
    heapMegabytes: after.heapMegabytes,
    arrivedLines: site.arrived(run),
  };
}

async function evaluate<Value>(
  tools: DevTools,
  session: string,
  expression: string,
): Promise<Value> {
  const { result, exceptionDetails } = await tools.send<{
    result: { value: Value };
    exceptionDetails?: { text: string };
  }>("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true }, session);
  if (exceptionDetails !== undefined) throw new Error(`${expression}: ${exceptionDetails.text}`);
  return result.value;
}

async function readMetrics(
  tools: DevTools,
  session: string,
): Promise<{ taskMillis: number; heapMegabytes: number }> {
  const { metrics } = await tools.send<{ metrics: { name: string; value: number }[] }>(
    "Performance.getMetrics",
    {},
    session,
  );
  const metric = (wanted: string): number =>
    metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return {
    taskMillis: metric("TaskDuration") * 1_000,
    heapMegabytes: metric("JSHeapUsedSize") / 1_000_000,
  };
}

function describe(runs: Runs, size: typeof FULL): Section {
  const lines = LINES_PER_SECOND * size.seconds;
  const bare = runs.get(BARE) ?? [];
  const rows = [...runs].map(([name, measured]) => {
    const isBare = name === BARE;
    const over = (read: (one: Measured) => number): Quartiles =>
      quartilesOf(
        measured.map((one, round) => {
          const without = bare[round];
          return isBare || without === undefined ? read(one) : read(one) - read(without);
        }),
      );
    return {
      name,
      isBare,
      perLine: over(({ taskMillis }) => (taskMillis * 1_000) / lines),
      start: over(({ startMillis }) => startMillis),
      longTasks: measured.reduce((sum, one) => sum + one.longTasks.length, 0),
      longest: Math.max(0, ...measured.flatMap((one) => one.longTasks)),
      heap: quartilesOf(measured.map(({ heapMegabytes }) => heapMegabytes)),
      arrived: Math.min(...measured.map(({ arrivedLines }) => arrivedLines)),
    };
  });
  const own = rows.find(({ name }) => name === OURS);
  const sign = (isBare: boolean): string => (isBare ? "" : "+");
  const targets: Target[] = [
    {
      name: "share of the main thread for 100 lines a second",
      value: ((own?.perLine.median ?? Number.NaN) * LINES_PER_SECOND) / 10_000,
      limit: MAX_SHARE_PERCENT,
      unit: "%",
    },
    {
      name: "tasks over 50 ms",
      value: own?.longTasks ?? Number.NaN,
      limit: rows.find(({ isBare }) => isBare)?.longTasks ?? 0,
      unit: "tasks",
    },
  ];
  return {
    part: "page-cost",
    title: "What 100 console lines a second cost the page",
    tables: [
      {
        columns: [
          "",
          "main thread per line, µs",
          "main thread until settled, ms",
          "tasks over 50 ms",
          "longest, ms",
          "JavaScript heap, MB",
          "lines that arrived",
        ],
        rows: rows.map((row) => [
          row.name,
          sign(row.isBare) + showQuartiles(row.perLine),
          sign(row.isBare) + showQuartiles(row.start),
          String(row.longTasks),
          row.longest === 0 ? "–" : formatFigure(row.longest),
          showQuartiles(row.heap),
          row.isBare ? "–" : `${row.arrived} of ${lines}`,
        ]),
      },
    ],
    targets,
    notes: [
      `${size.rounds} rounds, in each every page once, there and back, each in a browser context of its own: ${LINES_PER_SECOND} calls of \`console.info\` a second with a text and an object for ${size.seconds} s, and ${REST_MILLIS / 1_000} s for what is sent after that. Processor time of the main thread (\`TaskDuration\` of DevTools), over that of the bare page in the same round; the bare page's own includes printing. Median and middle half. Lines that arrived: the least of any run, by the end of it.`,
    ],
    data: { size, runs: Object.fromEntries(runs) },
  };
}
