import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startSightline } from "../src/index.ts";
import { type PageLab, startBrowser, startPageLab } from "./fixtures/page-lab.ts";

/** What the README gives for the head of a page; it is read from there, so that it is what people copy. */
const SNIPPET = /<script>\n([\s\S]*?)<\/script>/.exec(
  readFileSync(new URL("../README.md", import.meta.url), "utf8"),
)?.[1];

let lab: PageLab;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  lab = await startPageLab();
  browser = await startBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await lab?.close();
});

afterEach(async () => {
  await context?.close();
  lab.forget();
});

const logs = (): readonly string[] => lab.of("logs").map(({ message }) => message);
const events = (): readonly string[] => lab.of("events").map(({ name }) => name);

async function opened(html = ""): Promise<Page> {
  context = await browser.newContext();
  return lab.open(context, html);
}

function start(page: Page, options = ""): Promise<unknown> {
  return page.evaluate(`window.sl = startSightline({ key: "${lab.key}", ${options} }); 0`);
}

/** Waits for a line of its own, behind which everything earlier is told too. */
async function settled(page: Page, line = "the end"): Promise<void> {
  await page.evaluate(`console.info("${line}"); sl.flush()`);
  await lab.until(`"${line}"`, () => logs().includes(line));
}

describe("startSightline", () => {
  it("does nothing where a server renders the page, whatever is called", async () => {
    const sightline = startSightline({ key: "server-side-key" });
    sightline.identify("a");
    sightline.reportError(new Error("nobody hears"));
    sightline.consent("denied");
    expect(await sightline.flush()).toBe("sent");
    sightline.stop();
  });

  it("says what is wrong with its settings, and throws nothing", async () => {
    const page = await opened();
    const warnings: string[] = [];
    page.on("console", (message) => warnings.push(message.text()));
    await page.evaluate(`
      for (const options of [undefined, {}, { key: "short" }, { key: "${lab.key}", sampleRate: 7 },
        { key: "${lab.key}", consent: "maybe" }, { key: "${lab.key}", url: "https://" }]) {
        const sightline = startSightline(options);
        sightline.log("info", "x"); sightline.reportError(null); sightline.setRoute(); sightline.identify();
      }
    `);
    expect(warnings).toHaveLength(6);
    expect(warnings[2]).toContain(`key is "short"; give one of the app's keys from sightline.yaml`);
    expect(warnings[3]).toContain("sampleRate is 7; give a share between 0 and 1");
    expect(warnings[4]).toContain('consent is "maybe"; give granted, pending or denied');
    expect(warnings[5]).toContain('url is "https://"; give an address');
  });

  it("leaves one behind when it is started again, and none after stop: every patch is undone", async () => {
    const page = await opened();
    const natives = `[console.info, console.warn, console.error, fetch, history.pushState,
      XMLHttpRequest.prototype.open, XMLHttpRequest.prototype.send, XMLHttpRequest.prototype.setRequestHeader]`;
    await page.evaluate(`window.before = ${natives}; 0`);
    await start(page);
    // At the very end of the first one's life.
    await page.evaluate(
      `console.info("last words"); sl = startSightline({ key: "${lab.key}" }); 0`,
    );
    await page.evaluate(`window.old = sl; 0`);
    await start(page);
    await page.evaluate(`old.log("info", "by the old one"); old.stop(); console.info("once"); 0`);
    await settled(page);
    expect(logs().filter((line) => line === "once")).toHaveLength(1);
    expect(logs()).not.toContain("by the old one");
    await lab.until("what the first one was told last", () => logs().includes("last words"));
    expect(
      await page.evaluate(
        `sl.stop(); ${natives}.every((one, index) => one === before[index]) && Object.hasOwn(window, "fetch")`,
      ),
    ).toBe(true);
    lab.forget();
    await page.evaluate(`console.info("after"); setTimeout(() => { throw new Error("after"); })`);
    await page.goto("about:blank");
    expect(lab.told).toEqual([]);
  });

  it("lives with those who patch before and after it", async () => {
    const page = await opened();
    await page.evaluate(`
      window.calls = [];
      const wrap = (holder, name, mark) => {
        const original = holder[name];
        holder[name] = function (...args) { calls.push(mark); return original.apply(this, args); };
      };
      wrap(console, "info", "before console"); wrap(window, "fetch", "before fetch");
      window.sl = startSightline({ key: "${lab.key}" });
      wrap(console, "info", "after console"); wrap(window, "fetch", "after fetch");
    `);
    await page.evaluate(`fetch("/api/500").then(() => console.info("called"))`);
    await settled(page);
    expect(logs().filter((line) => line === "called")).toHaveLength(1);
    expect(events()).toContain("browser.request_failed");
    const mine = await page.evaluate(`calls.filter((call) => call.startsWith("after"))`);
    expect(mine).toEqual(["after fetch", "after console", "after console"]);
    lab.forget();
    await page.evaluate(`sl.stop(); calls.length = 0; console.info("still"); fetch("/api/200")`);
    expect(await page.evaluate(`calls`)).toEqual([
      "after console",
      "before console",
      "after fetch",
      "before fetch",
    ]);
    await page.goto("about:blank");
    expect(logs()).toEqual([]);
  });

  it("runs under a strict policy, with and without storage", async () => {
    context = await browser.newContext();
    lab.policy = `default-src 'none'; script-src ${lab.origin}/sdk.js ${lab.origin}/start.js; connect-src 'self'; require-trusted-types-for 'script'`;
    const page = await context.newPage();
    const broken: string[] = [];
    page.on("pageerror", (error) => broken.push(error.message));
    await page.addInitScript(`
      for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
      }
    `);
    lab.html = `<script src="/sdk.js"></script><script src="/start.js?${lab.key}"></script>`;
    await page.goto(`${lab.origin}/strict`);
    await lab.until("its line", () => logs().includes("from start.js"));
    expect(broken).toEqual([]);
    const [{ meta } = { meta: undefined }] = lab.told;
    expect(meta?.session?.id).toMatch(/^[0-9a-f]{32}$/);
    expect(meta?.app?.installationId).toMatch(/^[0-9a-f]{32}$/);
  });

  it("finds the gateway by the page's origin, where its base is another one", async () => {
    const page = await opened(`<base href="https://pictures.invalid/">`);
    await start(page);
    await settled(page);
  });

  it("has its timers, listeners and sending outside of a zone", async () => {
    const page = await opened(`<button id="b">Go</button>`);
    // As zone.js does: what is begun inside the app's zone makes it look for changes.
    await page.evaluate(`
      window.inApp = false; window.seen = [];
      const within = (flag, work) => { const before = inApp; inApp = flag; try { return work(); } finally { inApp = before; } };
      window.inZone = (work) => within(true, work);
      window.Zone = { root: { run: (work) => within(false, work) } };
      for (const name of ["setTimeout", "setInterval", "queueMicrotask"]) {
        const original = window[name];
        window[name] = (...args) => { if (inApp) seen.push(name); return original(...args); };
      }
      const add = EventTarget.prototype.addEventListener;
      EventTarget.prototype.addEventListener = function (...args) { if (inApp) seen.push(args[0]); return add.apply(this, args); };
      inZone(() => { window.sl = startSightline({ key: "${lab.key}" }); });
      const send = () => { const request = new XMLHttpRequest(); request.open("GET", "/api/500"); request.send(); };
      document.getElementById("b").onclick = () => inZone(() => {
        console.info("line"); sl.reportError(new Error("one")); sl.reportError(new Error("one"));
        send(); fetch("/api/500").then(() => inZone(() => history.pushState({}, "", "/next")));
        for (let i = 0; i < 1500; i += 1) console.info("flood");
        sl.flush(); sl.setRoute("/named");
      });
    `);
    await page.click("#b");
    await lab.until("the request", () => events().includes("browser.request_failed"));
    expect(await page.evaluate(`[...new Set(seen)]`)).toEqual([]);
  });
});

describe("consent", () => {
  it("keeps all in memory while it is pending: no request, header, name or store; then tells it", async () => {
    const page = await opened();
    await start(page, `consent: "pending"`);
    await page.evaluate(`(async () => {
      console.info("early"); sl.reportError(new Error("early error")); sl.identify("user-1");
      await fetch("/api/quiet"); await sl.flush(200);
    })()`);
    expect(lab.told).toEqual([]);
    expect(lab.asked[0]?.headers["traceparent"]).toBeUndefined();
    expect(await page.evaluate(`[localStorage.length, sessionStorage.length]`)).toEqual([0, 0]);
    expect(await page.evaluate(`indexedDB.databases()`)).toEqual([]);

    await page.evaluate(`sl.consent("granted"); fetch("/api/traced")`);
    await settled(page);
    expect(logs()).toEqual(expect.arrayContaining(["early", "the end"]));
    expect(lab.of("exceptions").map(({ value }) => value)).toEqual(["early error"]);
    const ids = new Set(lab.told.map(({ meta }) => meta.app?.installationId));
    expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(new Set(lab.told.map(({ meta }) => meta.session?.id)).size).toBe(1);
    const traced = lab.asked.find(({ path }) => path === "/api/traced");
    expect(traced?.headers["traceparent"]).toMatch(/^00-/);
  });

  it("takes nothing when it is denied, forgets what waits and every name, and starts anew when granted", async () => {
    const page = await opened();
    lab.status = 503;
    await start(page);
    await page.evaluate(`console.info("withdrawn"); sl.flush(300)`);
    expect(await page.evaluate(`localStorage.length`)).toBeGreaterThan(0);
    await page.evaluate(`sl.consent("denied"); console.info("denied"); fetch("/api/denied")`);
    expect(await page.evaluate(`[localStorage.length, sessionStorage.length]`)).toEqual([0, 0]);
    lab.status = 204;
    await page.evaluate(`sl.consent("granted")`);
    await settled(page);
    expect(logs()).toEqual(["the end"]);
    expect(lab.asked.find(({ path }) => path === "/api/denied")?.headers["traceparent"]).toBe(
      undefined,
    );
  });

  it("forgets what an earlier visit left, where a visit begins as denied", async () => {
    const page = await opened();
    lab.status = 503;
    await start(page);
    await page.evaluate(`console.info("left"); sl.flush(300)`);
    await page.reload();
    lab.status = 204;
    await start(page, `consent: "denied"`);
    expect(await page.evaluate(`localStorage.length`)).toBe(0);
    await page.waitForFunction(`indexedDB.databases().then(async (all) => {
      for (const { name } of all) {
        const opened = await new Promise((resolve) => { indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result); });
        const counts = await Promise.all([...opened.objectStoreNames].map((store) => new Promise((resolve) => {
          opened.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => resolve(JSON.stringify(target.result).includes("left"));
        })));
        opened.close();
        if (counts.includes(true)) return false;
      }
      return true;
    })`);
    await page.reload();
    await start(page);
    await settled(page);
    expect(logs()).toEqual(["the end"]);
  });
});

describe("sessions", () => {
  const ids = (): readonly (string | undefined)[] => [
    ...new Set(lab.told.map(({ meta }) => meta.session?.id)),
  ];

  it("goes on after a reload and in another tab, and knows user and release", async () => {
    const page = await opened();
    await start(page, `release: "2.0.1"`);
    await page.evaluate(`sl.identify("user-7")`);
    await settled(page, "first");
    await page.reload();
    await start(page);
    await settled(page, "second");
    const other = await lab.open(context);
    await start(other);
    await settled(other, "third");
    expect(ids()).toHaveLength(1);
    expect(events().filter((name) => name === "session_start")).toHaveLength(1);
    expect(events().filter((name) => name === "session_resume")).toHaveLength(2);
    const first = lab.told.find(({ item }) => item.message === "first");
    expect(first?.meta).toMatchObject({ user: { id: "user-7" }, app: { version: "2.0.1" } });
    const second = lab.told.find(({ item }) => item.message === "second");
    expect(second?.meta.user).toBeUndefined();
    expect(first?.meta.browser).toMatchObject({ name: "Chrome", os: "Linux" });
  });

  it("is another one in another tab where it reaches no further", async () => {
    const page = await opened();
    await start(page, `sessionScope: "tab"`);
    await settled(page, "first");
    const other = await lab.open(context);
    await start(other, `sessionScope: "tab"`);
    await settled(other, "second");
    expect(ids()).toHaveLength(2);
  });

  it("ends after fifteen minutes without the user, once the user is back, however long a laptop slept", async () => {
    context = await browser.newContext();
    const page = await context.newPage();
    const begin = new Date("2026-03-01T10:00:00Z");
    await page.clock.install({ time: begin });
    lab.html = `<script src="/sdk.js"></script><button id="b">Go</button>`;
    await page.goto(`${lab.origin}/sleep`);
    await start(page);
    await page.evaluate(`console.info("awake"); 0`);
    // Timers stand still, the wall clock does not.
    await page.clock.setSystemTime(new Date("2026-03-01T19:30:00Z"));
    await page.evaluate(`console.info("by itself"); 0`);
    await page.click("#b");
    await page.evaluate(`console.info("back"); 0`);
    await page.clock.runFor(10_000);
    await lab.until("all", () => logs().includes("back"));
    const of = (line: string) => lab.told.find(({ item }) => item.message === line)?.meta.session;
    expect(of("by itself")?.id).toBe(of("awake")?.id);
    expect(of("back")?.id).not.toBe(of("awake")?.id);
    expect(of("back")?.attributes?.["previousSession"]).toBe(of("awake")?.id);
    const end = lab.told.find(({ item }) => item.name === "session_end");
    expect(end?.meta.session?.id).toBe(of("awake")?.id);
    expect(Date.parse(end?.item.timestamp ?? "") - begin.getTime()).toBeLessThan(60_000);
    const started = lab.told.filter(({ item }) => item.name === "session_start");
    expect(started.map(({ meta }) => meta.session?.id)).toEqual([of("awake")?.id, of("back")?.id]);
  });

  it("tells nothing of a session that is not in the sample, and sends no header", async () => {
    const page = await opened();
    await start(page, "sampleRate: 0");
    await page.evaluate(`console.info("x"); sl.reportError(new Error("x")); fetch("/api/x")`);
    await page.evaluate(`sl.flush(300)`);
    await page.goto("about:blank");
    expect(lab.told).toEqual([]);
    expect(lab.asked[0]?.headers["traceparent"]).toBeUndefined();
  });
});

describe("the script for pages without a build", () => {
  it("starts by its tag, finds the gateway by its own address, and tells what came before it", async () => {
    context = await browser.newContext();
    const page = await context.newPage();
    lab.html = `<script>${SNIPPET}</script>
      <script>setTimeout(() => { throw new Error("before the script"); }); sightline.identify("early-user"); sightline.log("warn", "queued");</script>
      <script>setTimeout(() => { const tag = document.createElement("script"); tag.src = "/sl/b.js?v=1"; tag.dataset.key = "${lab.key}"; tag.dataset.release = "9.1";
        tag.dataset.console = "debug, error"; document.head.append(tag); }, 50)</script>`;
    await page.goto(`${lab.origin}/plain`);
    await page.waitForFunction("sightline.start !== undefined");
    await page.evaluate(`console.debug("chosen"); console.info("not chosen"); 0`);
    await page.evaluate(`sightline.flush()`);
    await lab.until("all", () => logs().length >= 2 && lab.of("exceptions").length > 0);
    expect([...logs()].sort()).toEqual(["chosen", "queued"]);
    expect(lab.of("exceptions")[0]).toMatchObject({
      value: "before the script",
      context: { handled: "false" },
    });
    expect(lab.told[0]?.meta).toMatchObject({ app: { version: "9.1" } });
    const chosen = lab.told.find(({ item }) => item.message === "chosen");
    expect(chosen?.meta.user).toEqual({ id: "early-user" });
  });

  it("waits for its settings where its tag has none", async () => {
    context = await browser.newContext();
    const page = await context.newPage();
    lab.html = `<script src="/sl/b.js"></script><script>sightline.start({ key: "${lab.key}" }); console.info("by hand");</script>`;
    await page.goto(`${lab.origin}/plain`);
    await lab.until("its line", () => logs().includes("by hand"));
  });
});
