import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { type Receivers, startReceivers } from "../../test/agent/receivers.ts";
import { forEachRecord } from "../../test/agent/stored.ts";
import {
  makeProfile,
  removeProfile,
  startBrowser,
  type TestBrowser,
} from "../../test/harness/browser.ts";
import { createTestGateway, type TestGateway } from "../../test/harness/gateway.ts";
import { until } from "../../test/harness/until.ts";
import { createRandom } from "../agent/random.ts";
import { atExit } from "../at-exit.ts";
import type { PartContext } from "../part.ts";
import type { Section } from "../report.ts";
import { OUTBOX_KEY, type OutboxSite, startOutboxSite } from "./outbox-page.ts";

const FULL_KILLS = 100;
const QUICK_KILLS = 12;
const LINES_PER_SECOND = 50;
const SEED = 7;
const SERVICE = "outbox-bench";
const LEAST_MILLIS = 100;
const MOST_MILLIS = 1_500;
const GIVE_UP_MILLIS = 120_000;
const LOOK_BACK_MILLIS = 60_000;
const MARK = "outbox-line-";

/** In turn; a tab dies most often of all. */
const VICTIMS = ["tab", "gateway", "collector", "tab", "browser"] as const;
type Victim = (typeof VICTIMS)[number];

interface Rig {
  readonly receivers: Receivers;
  readonly gateway: TestGateway;
  readonly site: OutboxSite;
  readonly profile: string;
  /** Lines whose write the page heard of. */
  readonly written: Set<string>;
  browser: TestBrowser;
  page: Page;
  /** Loads of the page so far. */
  lives: number;
}

export async function measureLoss({ root, isQuick, note }: PartContext): Promise<Section> {
  const kills = isQuick ? QUICK_KILLS : FULL_KILLS;
  const startedAtMillis = Date.now();
  const receivers = await startReceivers();
  const ends: (() => Promise<void> | void)[] = [receivers.dispose];
  const end = atExit(async () => {
    for (const undo of ends.toReversed()) await undo();
  });
  try {
    const rig = await startRig(root, receivers, ends);
    const killed = await killAtRandom(rig, kills, note);
    note("loss: waiting for the last lines");
    const found = await untilFound(rig, startedAtMillis);
    return describe(rig, killed, found);
  } finally {
    await end();
  }
}

async function startRig(
  root: string,
  receivers: Receivers,
  ends: (() => Promise<void> | void)[],
): Promise<Rig> {
  // The page's origin must be known to the gateway, and the gateway's address to the page.
  const gateway = await createTestGateway(receivers.otlpUrl, []);
  ends.push(gateway.dispose);
  const site = await startOutboxSite(root, gateway.url);
  ends.push(site.close);
  gateway.configure((before) => ({
    ...before,
    apps: [
      {
        serviceName: SERVICE,
        keys: [OUTBOX_KEY],
        origins: [site.origin],
        maxRequestsPerMinute: 100_000,
      },
    ],
  }));
  await gateway.up();
  const profile = makeProfile();
  ends.push(() => removeProfile(profile));
  const written = new Set<string>();
  const browser = await openBrowser(profile, written);
  const rig: Rig = {
    receivers,
    gateway,
    site,
    profile,
    written,
    browser,
    page: await browser.context.newPage(),
    lives: 0,
  };
  ends.push(() => rig.browser.kill());
  await loadPage(rig);
  return rig;
}

async function openBrowser(profile: string, written: Set<string>): Promise<TestBrowser> {
  const browser = await startBrowser(profile);
  await browser.context.exposeBinding("lineWritten", (_, line: string) => written.add(line));
  return browser;
}

/** Adds lines for as long as it lives. */
async function loadPage(rig: Rig): Promise<void> {
  rig.lives += 1;
  await rig.page.goto(rig.site.origin);
  await rig.page.evaluate(`{
    let number = 0;
    setInterval(() => {
      const line = "${MARK}${rig.lives}-" + number++;
      addLine(line).then(() => lineWritten(line));
    }, ${1_000 / LINES_PER_SECOND});
  }`);
}

async function killAtRandom(
  rig: Rig,
  kills: number,
  note: (text: string) => void,
): Promise<Map<Victim, number>> {
  const random = createRandom(SEED);
  const killed = new Map<Victim, number>(VICTIMS.map((victim) => [victim, 0]));
  for (let index = 0; index < kills; index++) {
    const victim = VICTIMS[index % VICTIMS.length] as Victim;
    await delay(random.between(LEAST_MILLIS, MOST_MILLIS));
    await KILL[victim](rig, random.between(0, MOST_MILLIS));
    killed.set(victim, (killed.get(victim) ?? 0) + 1);
    if (index % 10 === 9) note(`loss: ${index + 1} of ${kills} killed, ${rig.written.size} lines`);
  }
  return killed;
}

const KILL: Readonly<Record<Victim, (rig: Rig, downMillis: number) => Promise<void>>> = {
  tab: async (rig) => {
    const crashed = rig.page.waitForEvent("crash");
    for (const pid of await rendererPids(rig.browser)) killNow(pid);
    await crashed;
    await rig.page.close();
    rig.page = await newPage(rig.browser);
    await loadPage(rig);
  },
  browser: async (rig) => {
    await rig.browser.kill();
    rig.browser = await openBrowser(rig.profile, rig.written);
    rig.page = await rig.browser.context.newPage();
    await loadPage(rig);
  },
  gateway: async ({ gateway }, downMillis) => {
    await gateway.end("SIGKILL");
    await delay(downMillis);
    await gateway.up();
  },
  collector: async ({ receivers: { collector } }, downMillis) => {
    await collector.end("SIGKILL");
    await delay(downMillis);
    await collector.up();
  },
};

/** The browser keeps a renderer in reserve; it was killed too, which the browser may not know yet. */
function newPage({ context }: TestBrowser): Promise<Page> {
  return until("a page", () => context.newPage());
}

async function rendererPids({ browser }: TestBrowser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

function killNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** How often each line is in Loki, once all that were written are there or nothing more comes. */
async function untilFound(rig: Rig, fromMillis: number): Promise<Map<string, number>> {
  // A last load without new lines: what dead tabs left, and what this one still had.
  await rig.page.goto(rig.site.origin);
  await rig.page.evaluate(`outbox.flush(${GIVE_UP_MILLIS})`);
  const deadline = Date.now() + GIVE_UP_MILLIS;
  for (;;) {
    const found = await readLines(rig, fromMillis);
    const isComplete = [...rig.written].every((line) => found.has(line));
    if (isComplete || Date.now() > deadline) return found;
    await delay(1_000);
  }
}

async function readLines(rig: Rig, fromMillis: number): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const range = { fromMillis: fromMillis - LOOK_BACK_MILLIS, toMillis: Date.now() + 1_000 };
  await forEachRecord(rig.receivers.lokiUrl, `{service_name="${SERVICE}"}`, range, ({ text }) => {
    const line = new RegExp(`${MARK}\\d+-\\d+`).exec(text)?.[0];
    if (line !== undefined) found.set(line, (found.get(line) ?? 0) + 1);
  });
  return found;
}

function describe(
  { written, lives }: Rig,
  killed: ReadonlyMap<Victim, number>,
  found: ReadonlyMap<string, number>,
): Section {
  const lost = [...written].filter((line) => !found.has(line));
  const doubles = [...found.values()].reduce((sum, count) => sum + count - 1, 0);
  const unheard = [...found.keys()].filter((line) => !written.has(line)).length;
  const kills = [...killed.values()].reduce((sum, count) => sum + count, 0);
  return {
    part: "loss",
    title: `Lines of a page through ${kills} kills, read back from Loki`,
    tables: [
      {
        columns: ["killed with SIGKILL", "times"],
        rows: [...killed].map(([victim, times]) => [victim, String(times)]),
      },
      {
        columns: ["lines", ""],
        rows: [
          ["in the page's store, as the page heard", String(written.size)],
          ["of these not in Loki", String(lost.length)],
          ["twice in Loki", String(doubles)],
          ["in Loki, though the page died before it heard of the write", String(unheard)],
        ],
      },
    ],
    targets: [
      { name: "lines lost after their write", value: lost.length, limit: 0, unit: "lines" },
      { name: "lines twice", value: doubles, limit: 0, unit: "lines" },
    ],
    notes: [
      `${LINES_PER_SECOND} lines/s without a pause, ${lives} loads of the page. A kill comes at a random moment ${LEAST_MILLIS} to ${MOST_MILLIS} ms after the last recovery; gateway and collector stay away for up to ${MOST_MILLIS} ms. "tab" is the page's renderer, "browser" is Chromium with all its processes.`,
    ],
    data: { killed: Object.fromEntries(killed), written: written.size, lost, doubles, unheard },
  };
}
