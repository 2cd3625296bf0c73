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

  /** Each test has a gateway, a store and tabs of its own. */
  async function begin(): Promise<BrowserContext> {
    gateway = await startFakeGateway(script);
    onTestFinished(() => gateway.close().catch(() => {}));
    const context = await chromium.browser.newContext();
    contexts.push(context);
    return context;
  }
  async function open(context: BrowserContext, options = "{}"): Promise<Page> {
    const page = await context.newPage();
    await page.goto(gateway.origin);
    await page.evaluate(`code.start({ key: "k", urls: ["/c/k"], ...${options} })`);
    return page;
  }
  const add = (page: Page, kind: string, ids: readonly string[], more = "{}"): Promise<unknown> =>
    page.evaluate(`code.add("${kind}", ${JSON.stringify(ids)}, ${more}); code.outbox.stored()`);
  const acknowledged = (ids: readonly string[]): Promise<unknown> =>
    until(`${ids} to be acknowledged`, () => {
      const known = gateway.acknowledged();
      return ids.every((id) => known.includes(id));
    });
  const flush = (page: Page): Promise<unknown> => page.evaluate("code.outbox.flush(10000)");
  const entries = (page: Page): Promise<number[]> =>
    page.evaluate(`code.entries("k").then((all) => all.map(({ key }) => key[0]))`);
  const isEmpty = async (page: Page): Promise<boolean> =>
    (await entries(page)).every((rank) => rank < 0);

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
    expect(beacon?.body.meta.session?.id).toBe("s1");
    expect(Object.keys(beacon?.body ?? {})).toEqual(["meta", "exceptions", "logs"]);
    expect(gateway.acknowledged()).toEqual(["broken", "line 1", "line 2"]);
    expect(await isEmpty(page)).toBe(true);
  });

  test("keeps what was added offline across a reload, with the meta of its own session", async () => {
    const page = await open(await begin());
    await gateway.close();
    await add(page, "log", ["before"], `{ meta: { session: { id: "first" } } }`);
    await gateway.open();
    await page.reload();
    await page.evaluate(`code.start({ key: "k", urls: ["/c/k"] })`);
    await add(page, "log", ["after"], `{ meta: { session: { id: "second" } } }`);
    await acknowledged(["before", "after"]);
    const sessions = gateway.beacons.map(({ body }) => [body.meta.session?.id, ...idsOf(body)]);
    expect(sessions).toEqual([
      ["first", "before"],
      ["second", "after"],
    ]);
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
