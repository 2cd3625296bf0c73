import type { Page } from "playwright-core";
import { makeProfile, removeProfile, startBrowser } from "../../test/harness/browser.ts";
import { atExit } from "../at-exit.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { type Summary, summarize } from "../statistics.ts";
import { startOutboxSite } from "./outbox-page.ts";

const LINES_PER_SECOND = 100;
const FULL_SECONDS = 30;
const QUICK_SECONDS = 8;
/** Twice the step in which the queue gathers what it writes. */
const LIMIT_MILLIS = 100;
/** Nobody listens there: what is measured is the queue, not what takes from it. */
const NO_GATEWAY = "http://127.0.0.1:9";

/** Every transaction of the page on the disk itself before it is called complete. */
const STRICT = `
const { transaction } = IDBDatabase.prototype;
IDBDatabase.prototype.transaction = function (stores, mode) {
  return transaction.call(this, stores, mode, { durability: "strict" });
};`;

const VARIANTS = [
  { name: "as it is (relaxed)", script: "" },
  { name: "strict durability", script: STRICT },
];

interface Result {
  readonly name: string;
  readonly millis: Summary;
}

export async function measureWriteWindow({ root, isQuick, note }: PartContext): Promise<Section> {
  const seconds = isQuick ? QUICK_SECONDS : FULL_SECONDS;
  const site = await startOutboxSite(root, NO_GATEWAY);
  try {
    const results: Result[] = [];
    for (const { name, script } of VARIANTS) {
      note(`write-window: ${name}, ${LINES_PER_SECOND} lines/s for ${seconds} s`);
      results.push({ name, millis: summarize(await measureVariant(site.origin, script, seconds)) });
    }
    return describe(results, seconds);
  } finally {
    await site.close();
  }
}

/** In a profile on disk: a private window would keep the store in memory. */
async function measureVariant(origin: string, script: string, seconds: number): Promise<number[]> {
  const profile = makeProfile();
  const chromium = await startBrowser(profile);
  const end = atExit(async () => {
    await chromium.kill();
    removeProfile(profile);
  });
  try {
    const page = await chromium.context.newPage();
    if (script !== "") await page.addInitScript(script);
    await page.goto(origin);
    return await measureWindows(page, seconds);
  } finally {
    await end();
  }
}

/** Milliseconds from each line's `add` until the page heard that it is in the store. */
function measureWindows(page: Page, seconds: number): Promise<number[]> {
  return page.evaluate<number[]>(`new Promise((resolve) => {
    const total = ${LINES_PER_SECOND * seconds};
    const windows = [];
    const startedAt = performance.now();
    let added = 0;
    const timer = setInterval(() => {
      const due = Math.min(total, (performance.now() - startedAt) * ${LINES_PER_SECOND} / 1000);
      for (; added < due; added++) {
        const addedAt = performance.now();
        addLine("line " + added + " of a load that looks like a page's console").then(() => {
          windows.push(performance.now() - addedAt);
          if (windows.length === total) resolve(windows);
        });
      }
      if (added >= total) clearInterval(timer);
    }, ${1000 / LINES_PER_SECOND});
  })`);
}

function describe(results: readonly Result[], seconds: number): Section {
  const statistics = ["p50", "p95", "max"] as const;
  return {
    part: "write-window",
    title: "From a line's capture until it outlives its tab",
    tables: [
      {
        columns: ["durability", ...statistics.map((name) => `${name}, ms`), "lines"],
        rows: results.map(({ name, millis }) => [
          name,
          ...statistics.map((statistic) => formatFigure(millis[statistic])),
          String(millis.count),
        ]),
      },
    ],
    targets: [
      {
        name: "add → completed write, p95",
        value: results[0]?.millis.p95 ?? Number.NaN,
        limit: LIMIT_MILLIS,
        unit: "ms",
      },
    ],
    notes: [
      `${LINES_PER_SECOND} lines/s for ${seconds} s, one tab, no gateway; a window ends when the page has heard of it. Relaxed: the operating system has the line, so it outlives tab and browser; a power cut may take the last moments. Strict waits for the disk.`,
    ],
    data: { seconds, results },
  };
}
