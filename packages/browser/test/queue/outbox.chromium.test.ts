import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  CHROMIUM,
  crashTab,
  makeProfile,
  removeProfile,
  startBrowser,
  type TestBrowser,
  WITHOUT_CHROMIUM,
} from "../../../../test/harness/browser.ts";
import { until } from "../../../../test/harness/until.ts";
import { type FakeGateway, idsOf, startFakeGateway } from "./fake-gateway.ts";

const START = `code.start({ key: "k", urls: ["/c/k"] })`;

describe.skipIf(CHROMIUM === undefined)(`an outbox in Chromium${WITHOUT_CHROMIUM}`, () => {
  let script: string;
  let profile: string;
  let chromium: TestBrowser;
  let gateway: FakeGateway;
  let contexts: BrowserContext[] = [];

  beforeAll(async () => {
    script = await bundlePageCode();
    profile = makeProfile();
    chromium = await startBrowser(profile);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
  });
  afterAll(async () => {
    await chromium?.close();
    removeProfile(profile);
  });

  async function startGateway(): Promise<FakeGateway> {
    const started = await startFakeGateway(script);
    onTestFinished(() => started.close());
    return started;
  }
  /** Each test has a gateway, a store and tabs of its own. */
  async function begin(): Promise<BrowserContext> {
    gateway = await startGateway();
    const context = await chromium.browser.newContext();
    contexts.push(context);
    return context;
  }
  async function open(context: BrowserContext, start = START, before = ""): Promise<Page> {
    const page = await context.newPage();
    if (before !== "") await page.addInitScript(before);
    await page.goto(gateway.origin);
    await page.evaluate(start);
    return page;
  }
  const add = (page: Page, kind: string, ids: readonly string[], more = "{}"): Promise<unknown> =>
    page.evaluate(`code.add("${kind}", ${JSON.stringify(ids)}, ${more}); code.outbox.stored()`);
  const flush = (page: Page): Promise<unknown> => page.evaluate("code.outbox.flush(20000)");
  const acknowledged = (ids: readonly string[]): Promise<unknown> =>
    until(`${ids} to be acknowledged`, () => {
      const known = gateway.acknowledged();
      return ids.every((id) => known.includes(id));
    });
  const storedItems = (page: Page): Promise<{ key: (number | string)[]; texts: string[] }[]> =>
    page.evaluate(
      `code.entries("k").then((all) => all.filter(({ key }) => key[0] >= 0 && key[0] < 9))`,
    );
  const lossesTold = (): Record<string, number>[] =>
    gateway.beacons
      .filter(({ status }) => status === 204)
      .flatMap(({ body }) => body.measurements ?? [])
      .filter(({ type }) => type === "sightline_lost")
      .map(({ values }) => values);

  test("sends what was added as one plain text, errors first, and forgets it", async () => {
    const page = await open(await begin());
    await add(page, "log", ["line 1", "line 2"]);
    await add(page, "exception", ["broken"]);
    expect(await flush(page)).toBe("sent");
    const [beacon] = gateway.beacons;
    expect(gateway.beacons).toHaveLength(1);
    expect(beacon?.contentType).toMatch(/^text\/plain/);
    expect(beacon?.path).toBe("/c/k");
    expect(Math.abs((beacon?.sentAtMillis ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(Object.keys(beacon?.body ?? {})).toEqual(["meta", "exceptions", "logs"]);
    expect(gateway.acknowledged()).toEqual(["broken", "line 1", "line 2"]);
    expect(await page.evaluate(`code.entries("k")`)).toEqual([]);
  });

  test("keeps what was added offline across a reload, with the meta of its own session", async () => {
    const page = await open(await begin());
    await gateway.close();
    await add(page, "log", ["before"], `{ meta: { session: { id: "first" } } }`);
    await gateway.open();
    await page.reload();
    await page.evaluate(START);
    await add(page, "log", ["after"], `{ meta: { session: { id: "second" } } }`);
    await acknowledged(["before", "after"]);
    const sessions = gateway.beacons.map(({ body }) => [body.meta.session?.id, ...idsOf(body)]);
    expect(sessions).toEqual([
      ["first", "before"],
      ["second", "after"],
    ]);
  });

  test("comes back at once when the browser is online again", async () => {
    const context = await begin();
    const page = await open(context);
    await context.setOffline(true);
    await add(page, "log", ["offline"]);
    // So many failures that the next try would be minutes away.
    const many = `code.outbox.flush(3000)`;
    expect(await page.evaluate(many)).toBe("waiting");
    expect(gateway.beacons).toEqual([]);
    await context.setOffline(false);
    await acknowledged(["offline"]);
  });

  test("sends what a killed tab left from the tab that stays open", async () => {
    const context = await begin();
    const staying = await open(context);
    const dying = await open(context);
    gateway.answer(() => "break");
    await add(dying, "log", ["last words"]);
    await crashTab(dying);
    gateway.answer(() => ({}));
    await acknowledged(["last words"]);
    expect(await storedItems(staying)).toEqual([]);
  });

  test("has one sender among its tabs, and each item arrives once", async () => {
    const context = await begin();
    const tabs = [await open(context), await open(context), await open(context)];
    let open_ = 0;
    let most = 0;
    gateway.answer(() => {
      open_++;
      most = Math.max(most, open_);
      setTimeout(() => {
        open_--;
        gateway.release();
      }, 30);
      return "hold";
    });
    const ids = Array.from({ length: 60 }, (_, index) => `line ${index}`);
    await Promise.all(ids.map((id, index) => add(tabs[index % 3] as Page, "log", [id])));
    await Promise.all(tabs.map(flush));
    expect(gateway.beacons.flatMap(({ body }) => idsOf(body)).toSorted()).toEqual(ids.toSorted());
    expect(most).toBe(1);
  });

  test("does so without locks, by a lease", async () => {
    const context = await begin();
    const without = "delete Navigator.prototype.locks";
    const tabs = [await open(context, START, without), await open(context, START, without)];
    await Promise.all(tabs.map((tab, index) => add(tab, "log", [`line ${index}`])));
    await acknowledged(["line 0", "line 1"]);
    expect(gateway.acknowledged().toSorted()).toEqual(["line 0", "line 1"]);
  });

  test("waits as long as a 429 asks, also after a reload", async () => {
    const page = await open(await begin());
    gateway.answer(() => ({ status: 429, headers: { "retry-after": "3" } }));
    await add(page, "exception", ["hurried"]);
    await until("the refusal", () => gateway.beacons.length === 1);
    const refusedAtMillis = Date.now();
    gateway.answer(() => ({}));
    await page.reload();
    await page.evaluate(START);
    await add(page, "exception", ["next"]);
    await acknowledged(["hurried", "next"]);
    expect(Date.now() - refusedAtMillis).toBeGreaterThan(2_500);
    expect(gateway.beacons[1]?.text).toBe(gateway.beacons[0]?.text);
  });

  test("says nothing while a gateway wants quiet, not even when it goes away", async () => {
    const page = await open(await begin());
    gateway.answer(() => ({ status: 429, headers: { "retry-after": "600" } }));
    await add(page, "exception", ["hurried"]);
    await until("the refusal", () => gateway.beacons.length === 1);
    await add(page, "exception", ["later"]);
    expect(await page.evaluate("code.outbox.flush(1000)")).toBe("waiting");
    await page.goto("about:blank");
    await page.goto(gateway.origin);
    expect(gateway.beacons).toHaveLength(1);
    expect(await storedItems(page)).toHaveLength(2);
  });

  test("sends the same bytes again when the answer was lost, though more urgent items came", async () => {
    const page = await open(await begin());
    gateway.answer(() => "break");
    await add(page, "log", ["one", "two"]);
    await until("the first try", () => gateway.beacons.length > 0);
    await add(page, "exception", ["urgent"]);
    gateway.answer(() => ({}));
    await acknowledged(["one", "two", "urgent"]);
    const texts = gateway.beacons.map(({ text }) => text);
    expect(new Set(texts).size).toBe(2);
    expect(gateway.beacons.filter(({ status }) => status === 204)).toHaveLength(2);
  });

  test("finds the one bad item of a batch, quarantines and counts it", async () => {
    const page = await open(await begin());
    gateway.answer(({ text }) => ({ status: text.includes("poison") ? 400 : 204 }));
    const good = Array.from({ length: 20 }, (_, index) => `good ${index}`);
    await add(page, "log", [...good.slice(0, 9), "poison", ...good.slice(9)]);
    await acknowledged([...good, "sightline_lost"]);
    expect(lossesTold()).toEqual([{ rejected: 1 }]);
    const left: { key: unknown[]; texts?: string[] }[] = await page.evaluate(
      `code.entries("k").then((all) => all.filter(({ key }) => key[0] < 9))`,
    );
    expect(left.map(({ key }) => key[2])).toEqual(["pace", "refused"]);
    expect(left.at(-1)?.texts?.[0]).toContain("poison");
  });

  test("drops the oldest lines when full, keeps errors, and tells how many went after a reload", async () => {
    const full = `code.start({ key: "k", urls: ["/c/k"], maxBytes: 20000 })`;
    const page = await open(await begin(), full);
    await gateway.close();
    await add(page, "exception", ["first error"]);
    for (let index = 0; index < 30; index++) {
      await add(page, "log", [`line ${index}`], "{ padding: 1000 }");
    }
    const kept = (await storedItems(page)).flatMap(({ texts }) => texts).join();
    expect(kept).toContain("first error");
    expect(kept).toContain("line 29");
    expect(kept).not.toContain('"line 0"');
    await gateway.open();
    await page.reload();
    await page.evaluate(full);
    await acknowledged(["first error", "line 29", "sightline_lost"]);
    expect(await flush(page)).toBe("sent");
    const lines = new Set(gateway.acknowledged().filter((id) => id.startsWith("line")));
    const lost = lossesTold().reduce((sum, values) => sum + (values["queue_full"] ?? 0), 0);
    expect(lines.size + lost).toBe(30);
    expect(lost).toBeGreaterThan(10);
  });

  test("tells that a gateway does not know it once, and keeps everything", async () => {
    const page = await open(await begin());
    gateway.answer(() => ({ status: 403 }));
    await add(page, "log", ["kept"]);
    await until("the refusal", () => gateway.beacons.length === 1);
    await add(page, "exception", ["kept too"]);
    expect(await page.evaluate("code.outbox.flush(1500)")).toBe("waiting");
    expect(gateway.beacons).toHaveLength(1);
    expect(await page.evaluate("code.warnings")).toEqual([
      expect.stringMatching(/answered 403, expected 204.*http:\/\/127\.0\.0\.1:\d+ is among/),
    ]);
    expect(await storedItems(page)).toHaveLength(2);
  });

  test("does not take a page for the gateway's answer", async () => {
    const page = await open(await begin());
    gateway.answer(() => ({ status: 200, headers: { "content-type": "text/html" } }));
    await add(page, "log", ["kept"]);
    await until("an answer", () => gateway.beacons.length > 0);
    expect(await page.evaluate("code.outbox.flush(300)")).toBe("waiting");
    expect(await storedItems(page)).toHaveLength(1);
  });

  test("goes by the second address where the first is blocked, and stays there", async () => {
    const context = await begin();
    const blocked = await startGateway();
    await context.route(`${blocked.origin}/**`, (route) => route.abort("blockedbyclient"));
    const page = await open(
      context,
      `code.start({ key: "k", urls: ["${blocked.origin}/c/k", "/c/k"] })`,
    );
    let asked = 0;
    page.on("request", (request) => {
      if (request.url().startsWith(blocked.origin)) asked++;
    });
    await add(page, "log", ["one"]);
    await acknowledged(["one"]);
    const first = asked;
    await add(page, "log", ["two"]);
    await acknowledged(["two"]);
    expect(first).toBeGreaterThan(0);
    expect(asked).toBe(first);
    expect(blocked.beacons).toEqual([]);

    // A build without the second address finds a note that it worked.
    await page.reload();
    await page.evaluate(START);
    await add(page, "log", ["three"]);
    await acknowledged(["three"]);
    expect(new Set(gateway.beacons.map(({ path }) => path))).toEqual(new Set(["/c/k"]));
    expect(await page.evaluate("code.warnings")).toEqual([]);
  });

  test("sends to another origin without a preflight", async () => {
    const context = await begin();
    const other = await startGateway();
    const page = await open(context, `code.start({ key: "k", urls: ["${other.origin}/c/k"] })`);
    await add(page, "log", ["across"]);
    expect(await flush(page)).toBe("sent");
    expect(other.acknowledged()).toEqual(["across"]);
  });

  test("sends the most important items of a page that goes away, within the browser's budget", async () => {
    const context = await begin();
    const page = await open(context);
    const before = `code.add("log", Array.from({ length: 100 }, (_, i) => "line " + i), { padding: 1000 })`;
    await page.evaluate(`${before}; code.add("exception", ["the last error"]); 0`);
    // Nobody comes back: what arrives was sent while the page went away.
    await page.goto("about:blank");
    await acknowledged(["the last error"]);
    const bytes = gateway.beacons.reduce((sum, { text }) => sum + text.length, 0);
    expect(bytes).toBeLessThan(65_536);
    expect(bytes).toBeGreaterThan(45_000);
    const page2 = await open(context);
    await flush(page2);
    await acknowledged(Array.from({ length: 100 }, (_, index) => `line ${index}`));
  });

  test("does not send twice what it sent when its tab was hidden", async () => {
    const page = await open(await begin());
    await page.evaluate(`
      code.add("log", ["seen once"]);
      Object.defineProperty(document, "visibilityState", { value: "hidden" });
      document.dispatchEvent(new Event("visibilitychange")); 0`);
    await acknowledged(["seen once"]);
    await add(page, "log", ["later"]);
    await acknowledged(["later"]);
    expect(gateway.acknowledged()).toEqual(["seen once", "later"]);
    expect(await storedItems(page)).toEqual([]);
  });

  test.each([
    ["is missing", "delete window.indexedDB; delete Window.prototype.indexedDB"],
    [
      "throws",
      "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }",
    ],
    [
      "never answers",
      `const { open } = IDBFactory.prototype;
       IDBFactory.prototype.open = function () {
         const request = open.call(this, "another");
         request.addEventListener("success", (event) => event.stopImmediatePropagation());
         return request;
       }`,
    ],
    [
      "fails on every transaction",
      "IDBDatabase.prototype.transaction = () => { throw new Error('no') }",
    ],
  ])("sends from memory where the database %s", async (_, before) => {
    const page = await open(await begin(), START, before);
    await page.evaluate(`code.add("log", ["in memory"]); 0`);
    await acknowledged(["in memory"]);
    expect(gateway.acknowledged()).toEqual(["in memory"]);
  });

  test("sends from memory where another transaction never ends", async () => {
    const hurried =
      "const wait = setTimeout; window.setTimeout = (work, millis, ...more) => wait(work, millis / 20, ...more)";
    const page = await open(await begin(), START, hurried);
    await add(page, "log", ["stored"]);
    await flush(page);
    await page.evaluate(`new Promise((resolve) => {
      indexedDB.open("sightline:k").onsuccess = ({ target }) => {
        const entries = target.result.transaction("entries", "readwrite").objectStore("entries");
        const spin = () => { entries.count().onsuccess = spin; resolve(0); };
        spin();
      };
    })`);
    await page.evaluate(`code.add("log", ["in memory"]); 0`);
    await acknowledged(["stored", "in memory"]);
  });

  test("works where channels, locks and aborts are missing", async () => {
    const before =
      "delete Navigator.prototype.locks; delete window.BroadcastChannel; delete AbortSignal.timeout";
    const page = await open(await begin(), START, before);
    await add(page, "log", ["plain"]);
    await acknowledged(["plain"]);
  });

  test("sends from memory when the origin has no room, and counts what memory cannot hold", async () => {
    const context = await begin();
    const page = await open(context, "0");
    const session = await context.newCDPSession(page);
    await session.send("Storage.overrideQuotaForOrigin", { origin: gateway.origin, quotaSize: 1 });
    gateway.answer(() => ({ status: 503 }));
    await page.evaluate(START);
    await add(page, "exception", ["no room"], "{ padding: 50000 }");
    for (let index = 0; index < 30; index++) {
      await add(page, "log", [`line ${index}`], "{ padding: 50000 }");
    }
    expect(await storedItems(page)).toEqual([]);
    gateway.answer(() => ({}));
    await page.evaluate(`dispatchEvent(new Event("online"))`);
    await acknowledged(["no room", "line 29", "sightline_lost"]);
    const lines = gateway.acknowledged().filter((id) => id.startsWith("line"));
    const lost = lossesTold().reduce((sum, values) => sum + (values["queue_full"] ?? 0), 0);
    expect(lines.length + lost).toBe(30);
    expect(lost).toBeGreaterThan(5);
  });

  test("empties a disk on which not a byte has room", async () => {
    const context = await begin();
    const fillable = `const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function (value) {
        if (window.isFull) throw new DOMException("full", "QuotaExceededError");
        return put.call(this, value);
      }`;
    const page = await open(context, START, fillable);
    gateway.answer(() => ({ status: 503 }));
    await add(page, "log", ["stored"]);
    await page.evaluate("window.isFull = true");
    await add(page, "log", ["in memory"]);
    gateway.answer(() => ({}));
    await page.evaluate(`dispatchEvent(new Event("online"))`);
    await acknowledged(["stored", "in memory"]);
    await until("an empty store", async () => (await storedItems(page)).length === 0);
  });

  test("counts what cannot be JSON or is too large, and never throws", async () => {
    const page = await open(await begin());
    await page.evaluate(`
      code.outbox.add([{ type: "log", meta: {}, payload: { message: 1n } }]);
      code.add("log", ["huge"], { padding: 300000 }); code.add("log", ["fine"]); 0`);
    await acknowledged(["fine"]);
    expect(lossesTold()).toEqual([{ serialization_failed: 1 }, { too_large: 1 }]);
  });

  test("forgets everything when consent is withdrawn, in its other tabs too", async () => {
    const context = await begin();
    const page = await open(context);
    const other = await open(context);
    gateway.answer(() => "break");
    await add(page, "log", ["secret"]);
    await add(other, "log", ["secret too"]);
    await page.evaluate("code.outbox.clear()");
    expect(await page.evaluate(`code.entries("k")`)).toEqual([]);
    gateway.answer(() => ({}));
    await add(page, "log", ["after"]);
    await acknowledged(["after"]);
    await other.goto("about:blank");
    await page.goto("about:blank");
    expect(gateway.acknowledged()).toEqual(["after"]);
  });

  test("does not stand in the way of a newer version of its database", async () => {
    const page = await open(await begin());
    await add(page, "log", ["old"]);
    const upgrade = `new Promise((resolve, reject) => {
      const opening = indexedDB.open("sightline:k", 2);
      opening.onsuccess = () => resolve("open");
      opening.onblocked = () => reject(new Error("blocked"));
    })`;
    expect(await page.evaluate(upgrade)).toBe("open");
    await page.evaluate(`code.add("log", ["new"]); 0`);
    await acknowledged(["new"]);
  });

  test("drops what is older than a week, counted", async () => {
    const page = await open(await begin());
    await page.evaluate(`
      const now = Date.now;
      Date.now = () => now() - 8 * 86400000;
      code.add("log", ["stale"]);
      Date.now = now; 0`);
    await add(page, "log", ["fresh"]);
    await acknowledged(["fresh", "sightline_lost"]);
    expect(gateway.acknowledged()).not.toContain("stale");
    expect(lossesTold()).toEqual([{ too_old: 1 }]);
  });
});

async function bundlePageCode(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page-code.js", import.meta.url))],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}
