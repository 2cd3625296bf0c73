import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const START_TIMEOUT_MILLIS = 60_000;
const CLOSE_TIMEOUT_MILLIS = 10_000;

/** Where Chromium is; undefined where it is not installed. */
export const CHROMIUM: string | undefined = PLACES.find(isExecutable);
/** For names of tests that need one. */
export const WITHOUT_CHROMIUM: string =
  CHROMIUM === undefined ? " (skipped: no Chromium in /usr/bin)" : "";

const SWITCHES = [
  "--headless=new",
  "--remote-debugging-port=0",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-extensions",
  "--disable-search-engine-choice-screen",
  "--hide-scrollbars",
  "--mute-audio",
  // A tab in the background must work at full speed: tests have several.
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
  "about:blank",
];

/** A page and what went wrong in it. */
export interface ObservedPage {
  readonly page: Page;
  /** Errors that nobody caught. */
  readonly errors: readonly Error[];
  /** What the console was given, as `level: text`. */
  readonly console: readonly string[];
}

export interface OpenOptions {
  /** Default: that of the profile. */
  readonly context?: BrowserContext;
  /** Before anything is loaded. */
  readonly prepare?: ((page: Page) => Promise<unknown>) | undefined;
}

/**
 * A Chromium of its own, as a user has one: with a profile on disk that outlives it. Its process is
 * started here and not by the library, so that a test can kill it as the kernel would.
 */
export interface TestBrowser {
  readonly browser: Browser;
  /** The profile's own context; what its pages store is there after the next start. */
  readonly context: BrowserContext;
  readonly pid: number;
  open: (url: string, options?: OpenOptions) => Promise<ObservedPage>;
  /** SIGKILL for the browser and every process of its: nothing gets time to write. */
  kill: () => Promise<void>;
  /** Asks it to close, as a user would. */
  close: () => Promise<void>;
}

/** A profile folder; remove it with `rmSync` at the end. */
export function makeProfile(): string {
  return mkdtempSync(join(tmpdir(), "sightline-profile-"));
}

export function removeProfile(profile: string): void {
  // Helpers of a killed browser write for a moment longer.
  rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** A Chromium that nobody has connected to yet. */
export interface ChromiumProcess {
  readonly pid: number;
  /** WebSocket address of its DevTools. */
  readonly endpoint: string;
  readonly ended: Promise<void>;
  /** SIGKILL for it and every process of its; resolves when it has ended. */
  kill: () => Promise<void>;
}

export async function startChromium(
  profile: string,
  switches: readonly string[] = [],
): Promise<ChromiumProcess> {
  const args = [`--user-data-dir=${profile}`, ...switches, ...SWITCHES];
  const child = spawn(CHROMIUM ?? "chromium", args, {
    // A process group, so that renderers and helpers can be ended with it.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const pid = child.pid as number;
  const killGroupNow = (): void => killGroup(pid);
  process.once("exit", killGroupNow);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = async (): Promise<void> => {
    killGroup(pid);
    await ended;
    process.off("exit", killGroupNow);
  };
  return { pid, endpoint: await readEndpoint(child), ended, kill };
}

export async function startBrowser(
  profile: string,
  switches: readonly string[] = [],
): Promise<TestBrowser> {
  const { pid, endpoint, ended, kill } = await startChromium(profile, switches);
  const browser = await chromium.connectOverCDP(endpoint);
  const [context] = browser.contexts();
  if (context === undefined) throw new Error("Chromium has no context of its profile");
  return {
    browser,
    context,
    pid,
    open: (url, options = {}) => openPage(url, { context, ...options }),
    kill: async () => {
      await kill();
      await browser.close();
    },
    close: async () => {
      const session = await browser.newBrowserCDPSession();
      await session.send("Browser.close").catch(() => {});
      const timer = setTimeout(() => killGroup(pid), CLOSE_TIMEOUT_MILLIS);
      await ended;
      clearTimeout(timer);
      // Its helpers end after it, or not at all.
      await kill();
      await browser.close();
    },
  };
}

/** Ends the tab's process as a crash does, and closes what is left of the tab. */
export async function crashTab(page: Page): Promise<void> {
  const crashed = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  // The process that would answer is the one that ends.
  session.send("Page.crash").catch(() => {});
  await crashed;
  await page.close();
}

async function openPage(
  url: string,
  { context, prepare }: OpenOptions & { readonly context: BrowserContext },
): Promise<ObservedPage> {
  const page = await context.newPage();
  const errors: Error[] = [];
  const console: string[] = [];
  page.on("pageerror", (error) => errors.push(error));
  page.on("console", (message) => console.push(`${message.type()}: ${message.text()}`));
  await prepare?.(page);
  await page.goto(url);
  return { page, errors, console };
}

function readEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(
      () => reject(new Error(`Chromium did not start: ${output}`)),
      START_TIMEOUT_MILLIS,
    );
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-20_000);
      const address = /DevTools listening on (ws:\S+)/.exec(output)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Chromium ended with ${code}: ${output}`)));
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
