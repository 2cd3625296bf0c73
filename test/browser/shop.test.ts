import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ATTRIBUTE,
  ERROR_FIELD,
  PROMETHEUS,
  PROMETHEUS_LABEL,
  SESSION_FIELD,
} from "@sightline/core";
import { userHash } from "@sightline/wire";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { StoredRecord } from "../agent/stored.ts";
import {
  CHROMIUM,
  crashTab,
  makeProfile,
  type ObservedPage,
  type OpenOptions,
  removeProfile,
  startBrowser,
  type TestBrowser,
  WITHOUT_CHROMIUM,
} from "../harness/browser.ts";
import { createTestGateway, type TestGateway, USER_SECRET } from "../harness/gateway.ts";
import { type PageServer, startPageServer } from "../harness/page-server.ts";
import { createTestStack, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";
import { buildShop, lineOf } from "./shop.ts";
import { millisOf, ofKind, readStored, untilStored } from "./stored.ts";

const SERVICE = "shop-web";
const KEY = "shop-page-key";
const SOURCES = join(import.meta.dirname, "fixtures/shop");
const DAY_MILLIS = 86_400_000;

/** What waits on disk, read as the page itself could. */
const READ_DISK = `(name) => new Promise((resolve, reject) => {
  const opening = indexedDB.open(name);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const database = opening.result;
    const names = [...database.objectStoreNames];
    const transaction = database.transaction(names, "readonly");
    const stored = [];
    for (const each of names) {
      const reading = transaction.objectStore(each).getAll();
      reading.onsuccess = () => { stored.push(...reading.result); };
    }
    transaction.oncomplete = () => { database.close(); resolve(JSON.stringify(stored)); };
  };
})`;

const metadata = (name: string): string => name.replaceAll(".", "_");

describe.skipIf(CHROMIUM === undefined)(`a minified page${WITHOUT_CHROMIUM}`, () => {
  let stack: TestStack;
  let gateway: TestGateway;
  let site: PageServer;
  let folder: string;
  let profile: string;
  let browser: TestBrowser;
  /** Every line that a test has printed, so that the last one can look for copies. */
  const printed: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sightline-shop-"));
    profile = makeProfile();
    stack = await createTestStack({ SIGHTLINE_GATEWAY: "off" });
    const up = await stack.run("up", "--only", "stack", "--mode", "embedded");
    expect(up.code, up.stderr).toBe(0);
    gateway = await createTestGateway(stack.url("otlp"), []);
    site = await startPageServer(join(folder, "first"), {
      forward: { prefix: "/sl", target: gateway.url },
      // As strict as a page can be that has a script and sends.
      headers: {
        "content-security-policy": `default-src 'none'; script-src 'self'; img-src data:; connect-src 'self' ${gateway.url}; require-trusted-types-for 'script'`,
      },
    });
    gateway.configure((before) => ({
      ...before,
      apps: [{ serviceName: SERVICE, keys: [KEY], origins: [site.url], routes: ["/orders/:id"] }],
    }));
    await Promise.all([gateway.up(), build("first", "1.0.0")]);
    browser = await startBrowser(profile);
  }, 300_000);

  afterAll(async () => {
    await browser?.kill();
    await site?.close();
    await gateway?.dispose();
    await stack?.dispose();
    removeProfile(profile);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Builds into a folder of this name; the maps go to the gateway unless they are kept back. */
  function build(
    name: string,
    release: string,
    { sources = SOURCES, mapsFolder = gateway.mapsFolder } = {},
  ): Promise<void> {
    return buildShop({
      sources,
      folder: join(folder, name),
      mapsFolder,
      service: SERVICE,
      key: KEY,
      gatewayUrl: gateway.url,
      release,
    });
  }

  async function open(query = "", prepare?: OpenOptions["prepare"]): Promise<ObservedPage> {
    const opened = await browser.open(`${site.url}/${query}`, { prepare });
    onTestFinished(() => opened.page.close());
    await opened.page.locator("body[data-ready]").waitFor();
    return opened;
  }

  async function print(page: Page, name: string, count = 1): Promise<string[]> {
    const lines = Array.from({ length: count }, (_, index) => `${name} ${index + 1}.`);
    await page.evaluate((texts) => {
      for (const text of texts) console.info(text);
    }, lines);
    printed.push(...lines);
    return lines;
  }

  const loki = (): string => stack.url("loki");
  const lines = (text: string): Promise<StoredRecord[]> =>
    readStored(loki(), ofKind(SERVICE, "log", text));
  const untilLine = (text: string, fits?: (record: StoredRecord) => boolean) =>
    untilStored(loki(), ofKind(SERVICE, "log", text), fits);

  /** Waits until all are stored; the copies of each are looked for at the end. */
  async function untilAll(texts: readonly string[], name: string): Promise<StoredRecord[]> {
    return until(
      `${texts.length} lines of ${name}`,
      async () => {
        const stored = await lines(name);
        const found = new Set(stored.map(({ text }) => text));
        return texts.every((text) => found.has(text)) && stored;
      },
      60_000,
    );
  }

  const untilOnDisk = (page: Page, texts: readonly string[]): Promise<unknown> =>
    until(`${texts.length} lines on disk`, async () => {
      const stored = await page.evaluate<string>(`(${READ_DISK})("sightline:${KEY}")`);
      return texts.every((text) => stored.includes(text));
    });

  /** Whatever becomes of a test, the next one has a gateway. */
  async function killGateway(): Promise<void> {
    onTestFinished(async () => {
      if (!gateway.isRunning()) await gateway.up();
    });
    await gateway.end("SIGKILL");
  }

  const flush = (page: Page, timeoutMillis = 10_000): Promise<string> =>
    page.evaluate(`sightline.flush(${timeoutMillis})`);

  it("has its console lines in Loki, each level with its severity, route, session and release", async () => {
    const { page, errors } = await open();
    await page.evaluate(`go("/orders/4711?token=a#b", "/orders/:id")`);
    for (const level of ["debug", "log", "info", "warn", "error"] as const) {
      await page.evaluate(
        ([name, text]) => console[name as "log"](text, { items: [1, "two"] }, 3),
        [level, `level ${level}`],
      );
    }
    const stored = await until("a line of each level", async () => {
      const found = await lines("level ");
      return found.length >= 5 && found;
    });
    const severities = { debug: "5", log: "9", info: "9", warn: "13", error: "17" };
    expect(
      Object.fromEntries(
        stored.map(({ fields }) => [fields["severity_text"], fields["severity_number"]]),
      ),
    ).toMatchObject(severities);
    for (const { text, fields } of stored) {
      expect(text).toMatch(/^level \w+ .*items.*two.* 3/s);
      expect(fields).toMatchObject({
        service_name: SERVICE,
        service_version: "1.0.0",
        host_name: "test-vm",
        deployment_environment_name: "test",
        [metadata(ATTRIBUTE.browserRoute)]: "/orders/:id",
        [metadata(ATTRIBUTE.sessionId)]: expect.stringMatching(/^[\w-]{8,}$/),
        [metadata(ATTRIBUTE.visitorHash)]: expect.stringMatching(/^[0-9a-f]{16}$/),
        [metadata(ATTRIBUTE.userAgentName)]: expect.stringMatching(/Chrom/),
      });
    }
    const navigation = await untilStored(
      loki(),
      ofKind(SERVICE, "log"),
      ({ text }) => text.startsWith("navigation") && text.includes("/orders/:id"),
    );
    expect(navigation.text + JSON.stringify(navigation.fields)).not.toContain("token");
    expect(errors).toEqual([]);
  });

  it("shows an error with file, line and function of the source, the trail before it and who met it", async () => {
    const { page } = await open();
    await page.evaluate(`sightline.identify("customer-4711")`);
    await page.evaluate(`console.warn("the cart was changed")`);
    await page.getByRole("button", { name: "Pay now" }).click();
    const line = await untilLine("no price of lamp in CHF");
    expect(line.text).toMatch(/^RangeError: no price of lamp in CHF\n/);
    for (const [name, file, text] of [
      ["priceOf", "cart.js", "throw new RangeError"],
      ["totalOf", "cart.js", "total += priceOf"],
      ["pay", "checkout.js", "const total = totalOf"],
    ] as const) {
      expect(line.text).toMatch(
        new RegExp(`at ${name} \\(.*${file}:${lineOf(file, text)}:\\d+\\)`),
      );
    }
    const trail = JSON.parse(line.fields["trail"] ?? "[]") as { kind: string; text: string }[];
    expect(trail.map(({ text }) => text).join("\n")).toMatch(/the cart was changed.*Pay now/s);
    expect(line.fields).not.toHaveProperty(metadata(ATTRIBUTE.unresolvedFrames));

    const fp = line.fields[ERROR_FIELD.fp] ?? "";
    const record = await untilStored(
      loki(),
      ofKind(SERVICE, "error"),
      ({ fields }) => fields[ERROR_FIELD.fp] === fp,
    );
    expect(fp).toMatch(/^[0-9a-f]{16}$/);
    expect(record.fields).toMatchObject({
      [ERROR_FIELD.exceptionType]: "RangeError",
      [ERROR_FIELD.handled]: "false",
      [ERROR_FIELD.release]: "1.0.0",
      [ERROR_FIELD.n]: "1",
      [ERROR_FIELD.userHash]: userHash("customer-4711", USER_SECRET),
      [ERROR_FIELD.sessionId]: line.fields[metadata(ATTRIBUTE.sessionId)],
      [ERROR_FIELD.visitorHash]: line.fields[metadata(ATTRIBUTE.visitorHash)],
    });
    expect(record.text).not.toContain("customer-4711");
  });

  it("shows a rejection with its cause, both resolved", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Pay later" }).click();
    const { text, fields } = await untilLine("the order was not stored");
    expect(text).toMatch(/^CheckoutFailed: the order was not stored\n/);
    expect(text).toMatch(/Caused by: RangeError: no price of lamp in CHF\n/);
    const thrownAt = lineOf("checkout.js", "throw new CheckoutFailed");
    expect(text).toMatch(new RegExp(`at payLater \\(.*checkout.js:${thrownAt}:`));
    const causedAt = lineOf("cart.js", "throw new RangeError");
    expect(text.slice(text.indexOf("Caused by"))).toMatch(
      new RegExp(`at priceOf \\(.*cart.js:${causedAt}:`),
    );
    expect(fields[ERROR_FIELD.handled]).toBe("false");
  });

  it("tells of a failed request by method and path, without its query", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Ask for the stock" }).click();
    const { text, fields } = await untilLine("/status/503");
    expect(text).toMatch(/^GET \S*\/status\/503 failed: 503/);
    expect(JSON.stringify(fields)).not.toContain("secret-of-a-query");
    const asked = site.requests.find(({ path }) => path.startsWith("/status/503"));
    expect(asked?.headers["traceparent"]).toContain(fields["trace_id"]);
  });

  it("measures the page: vitals as lines and in Prometheus", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Ask for the stock" }).click();
    await page.locator("#outcome", { hasText: "stock: 503" }).waitFor();
    await page.goto("about:blank");
    for (const name of ["LCP", "FCP", "TTFB", "CLS", "INP"]) {
      const { fields } = await untilLine(
        `${name} `,
        (record) => record.fields[metadata(ATTRIBUTE.browserWebVitalName)] === name,
      );
      expect(Number(fields[metadata(ATTRIBUTE.browserWebVitalValue)])).toBeGreaterThanOrEqual(0);
      expect(["good", "needs-improvement", "poor"]).toContain(
        fields[metadata(ATTRIBUTE.browserWebVitalRating)],
      );
    }
    const query = `sum by (${PROMETHEUS_LABEL.browserWebVitalName}) (${PROMETHEUS.browserWebVitalDurationCount}{${PROMETHEUS_LABEL.serviceName}="${SERVICE}"})`;
    await until("the vitals in Prometheus", async () => {
      const names = (await askPrometheus(query)).map(
        ({ metric }) => metric[PROMETHEUS_LABEL.browserWebVitalName],
      );
      return ["LCP", "FCP", "TTFB"].every((name) => names.includes(name));
    });
  });

  async function askPrometheus(
    query: string,
  ): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const address = `${stack.url("prometheus")}/api/v1/query?${new URLSearchParams({ query })}`;
    const answer = (await (await fetch(address)).json()) as { data: { result: [] } };
    return answer.data.result;
  }

  it("brings what was printed offline later, once, with its own time", async () => {
    const { page } = await open();
    await flush(page);
    await browser.context.setOffline(true);
    onTestFinished(() => browser.context.setOffline(false));
    const fromMillis = Date.now();
    const texts = await print(page, "printed offline", 20);
    const toMillis = Date.now();
    expect(await flush(page, 500)).toBe("waiting");
    await until("a time that cannot be mixed up", () => Date.now() > toMillis + 3_000);
    expect(await lines("printed offline")).toEqual([]);
    await browser.context.setOffline(false);
    const stored = await untilAll(texts, "printed offline");
    expect(stored.map(({ text }) => text)).toEqual(texts);
    for (const record of stored) {
      expect(millisOf(record)).toBeGreaterThanOrEqual(fromMillis);
      expect(millisOf(record)).toBeLessThanOrEqual(toMillis);
    }
  });

  it("keeps lines while the gateway is away, over reloads and in two tabs", async () => {
    const [first, second] = [await open(), await open()];
    await Promise.all([flush(first.page), flush(second.page)]);
    await killGateway();
    const texts = [
      ...(await print(first.page, "while away, first tab", 10)),
      ...(await print(second.page, "while away, second tab", 10)),
    ];
    await first.page.reload();
    await first.page.locator("body[data-ready]").waitFor();
    texts.push(...(await print(first.page, "while away, reloaded", 10)));
    expect(await flush(first.page, 500)).toBe("waiting");
    await gateway.up();
    texts.push(...(await print(second.page, "while away, after that", 1)));
    await untilAll(texts, "while away");
    expect([...first.errors, ...second.errors]).toEqual([]);
  });

  it("keeps lines through a crash of the tab and a kill of the browser", async () => {
    const { page } = await open();
    await flush(page);
    await killGateway();
    const texts = await print(page, "before the crash of the tab", 10);
    await untilOnDisk(page, texts);
    await crashTab(page);
    const next = await browser.open(`${site.url}/`);
    await next.page.locator("body[data-ready]").waitFor();
    texts.push(...(await print(next.page, "before the kill of the browser", 10)));
    await untilOnDisk(next.page, texts);
    await browser.kill();
    await gateway.up();
    browser = await startBrowser(profile);
    await open();
    await untilAll(texts, "before the ");
  });

  it("keeps lines while the collector hangs and when it dies", async () => {
    const { page } = await open();
    await flush(page);
    const pid = stack.pidOf("collector");
    process.kill(pid, "SIGSTOP");
    const texts = await print(page, "while the collector hung", 10);
    process.kill(pid, "SIGKILL");
    texts.push(...(await print(page, "while the collector was dead", 10)));
    await untilAll(texts, "while the collector ");
  });

  it("puts lines of a page whose clock is years off at the time at which they were printed", async () => {
    for (const [name, years] of [
      ["a fast clock", 3],
      ["a slow clock", -30],
    ] as const) {
      const { page } = await open("", (opening) =>
        opening.addInitScript(
          (skew) => {
            const RealDate = Date;
            globalThis.Date = class extends RealDate {
              constructor(...given: []) {
                if (given.length === 0) super(RealDate.now() + skew);
                else super(...given);
              }
              static override now = () => RealDate.now() + skew;
            } as DateConstructor;
          },
          years * 365 * DAY_MILLIS,
        ),
      );
      const atMillis = Date.now();
      const [text = ""] = await print(page, name);
      const line = await untilLine(text);
      // It is corrected in steps of ten seconds, so that a copy of it gets the same time.
      expect(Math.abs(millisOf(line) - atMillis)).toBeLessThan(20_000);
    }
  });

  it("reaches the gateway by the page's own origin where a blocker stops its address", async () => {
    const { page } = await open("", (opening) =>
      opening.route(`${gateway.url}/**`, (route) => route.abort("blockedbyclient")),
    );
    const texts = await print(page, "past a blocker", 3);
    await untilAll(texts, "past a blocker");
    expect(site.requests.some(({ path }) => path.startsWith(`/sl/c/${KEY}`))).toBe(true);
  });

  it("works without a build, by the script that the gateway serves", async () => {
    const { page, errors } = await browser.open(`${site.url}/plain.html`);
    onTestFinished(() => page.close());
    const [text = ""] = await print(page, "by the tag of a script");
    const { fields } = await untilLine(text);
    expect(fields).toMatchObject({ service_name: SERVICE, service_version: "plain" });
    expect(errors).toEqual([]);
  });

  it("tells nothing and stores nothing without consent, and what was pending once it is given", async () => {
    const asked: string[] = [];
    const watch = (page: Page) => {
      page.on("request", (request) => {
        if (request.url().includes(KEY)) asked.push(request.url());
      });
      return Promise.resolve();
    };
    const apart = await browser.browser.newContext();
    onTestFinished(() => apart.close());
    const denied = await browser.open(`${site.url}/?consent=denied`, {
      prepare: watch,
      context: apart,
    });
    await denied.page.locator("body[data-ready]").waitFor();
    await denied.page.evaluate(`console.info("never consented")`);
    await denied.page.getByRole("button", { name: "Pay now" }).click();
    await flush(denied.page);
    const kept = await denied.page.evaluate(() =>
      Object.keys({ ...localStorage, ...sessionStorage }),
    );
    expect(kept).toEqual([]);
    expect(asked).toEqual([]);

    const pending = await browser.open(`${site.url}/?consent=pending`, {
      prepare: watch,
      context: apart,
    });
    await pending.page.locator("body[data-ready]").waitFor();
    const texts = await print(pending.page, "before consent", 3);
    await flush(pending.page);
    expect(asked).toEqual([]);
    await pending.page.evaluate(`sightline.consent("granted")`);
    await untilAll(texts, "before consent");
    expect(await lines("never consented")).toEqual([]);
  });

  it("stores no secret that a page has, anywhere", async () => {
    const { page } = await open("?session=canary-of-the-query#canary-of-the-fragment");
    await page.evaluate(`sightline.identify("canary-of-a-user")`);
    await page.getByLabel("Card number").fill("4111 1111 1111 1111");
    await page.getByLabel("Note").fill("canary-of-an-input");
    await page.evaluate(`go("/orders/88?coupon=canary-of-a-route", "/orders/:id")`);
    await page.evaluate(() => {
      console.info("mail canary.person@example.com, card 4111111111111111, ticket-998877");
      console.warn({
        password: "canary-of-a-password",
        nested: { authorization: "Bearer canary-of-a-header" },
      });
      void fetch("/status/503?key=canary-of-a-request");
      setTimeout(() => {
        throw new Error("canary.person@example.com has no ticket-998877");
      });
    });
    await page.getByRole("button", { name: "Pay now" }).click();
    await page.evaluate(`console.info("the public end of it")`);
    await untilLine("the public end of it");
    await untilLine("has no ");
    await flush(page);

    const everything = await readStored(loki(), `{service_name=~".+"}`);
    const texts = everything.map(({ text, fields }) => `${text}\n${JSON.stringify(fields)}`);
    texts.push(JSON.stringify(await askPrometheus(`{__name__=~".+"}`)));
    texts.push(...filesBelow(gateway.data));
    const all = texts.join("\n");
    expect(all).toContain("the public end of it");
    for (const secret of [
      "canary-of-",
      "canary.person",
      "4111 1111",
      "41111111",
      "998877",
      "secret-of-a-query",
      "customer-4711",
    ]) {
      const at = all.indexOf(secret);
      expect(at < 0 ? "" : all.slice(Math.max(0, at - 200), at + 100), secret).toBe("");
    }
  });

  it("keeps the raw stack, the reason and the debug id of a build whose map is late", async () => {
    const late = join(folder, "late-maps");
    await build("late", "1.1.0", { mapsFolder: late });
    site.serve(join(folder, "late"));
    const { page } = await open();
    await page.getByRole("button", { name: "Pay now" }).click();
    const raw = await untilLine("no price of lamp", isOf("1.1.0"));
    expect(raw.text).toMatch(/at .*\/assets\/main-\w+\.js:\d+:\d+/);
    expect(raw.text).not.toContain("cart.js");
    expect(raw.fields[metadata(ATTRIBUTE.unresolvedFrames)]).toMatch(/^no_map=\d+$/);
    const [id = ""] = readdirSync(join(late, SERVICE)).map((name) => name.replace(/\.map$/, ""));
    expect(raw.fields[metadata(ATTRIBUTE.debugIds)]).toContain(id);

    cpSync(late, gateway.mapsFolder, { recursive: true });
    const line = await until("a resolved stack", async () => {
      // Anew each time: a page tells the same error over and over only as a count.
      const before = (await lines("no price of lamp")).length;
      await page.reload();
      await page.getByRole("button", { name: "Pay now" }).click();
      const stored = await until("one more line", async () => {
        const now = await lines("no price of lamp");
        return now.length > before && now;
      });
      return stored.filter(isOf("1.1.0")).find(({ text }) => text.includes("cart.js"));
    });
    expect(line.text).toContain(`cart.js:${lineOf("cart.js", "throw new RangeError")}:`);
  });

  it("keeps the fingerprint of a bug over a deployment with other files and other lines", async () => {
    const sources = join(folder, "changed");
    cpSync(SOURCES, sources, { recursive: true });
    const cart = join(sources, "cart.js");
    const more = "export const CURRENCIES = ['EUR', 'CHF'];\nconsole.debug(CURRENCIES);\n";
    writeFileSync(cart, more + readFileSync(cart, "utf8"));
    await build("second", "2.0.0", { sources });
    const payWith = async (deployed: string, release: string): Promise<StoredRecord> => {
      site.serve(join(folder, deployed));
      const { page } = await open();
      await page.getByRole("button", { name: "Pay now" }).click();
      return untilLine("no price of lamp", isOf(release));
    };
    const before = await payWith("first", "1.0.0");
    const next = await payWith("second", "2.0.0");
    expect(next.text).toContain(`cart.js:${lineOf("cart.js", "throw new RangeError") + 2}:`);
    expect(next.fields[ERROR_FIELD.fp]).toBe(before.fields[ERROR_FIELD.fp]);
    expect(next.fields[ERROR_FIELD.fpx]).toBe(before.fields[ERROR_FIELD.fpx]);
  });

  const isOf =
    (release: string) =>
    ({ fields }: StoredRecord): boolean =>
      fields["service_version"] === release;

  it("counts sessions, visitors and users apart", async () => {
    const apart = await browser.browser.newContext();
    onTestFinished(() => apart.close());
    for (const user of ["anna", "ben"]) {
      const { page } = await browser.open(`${site.url}/`, { context: apart });
      await page.evaluate(`sightline.identify("${user}")`);
      await page.evaluate(`console.info("${user} is here")`);
      await untilLine(`${user} is here`);
    }
    const hashes = ["anna", "ben"].map((user) => userHash(user, USER_SECRET));
    const signs = await until("a sign of life of both", async () => {
      const stored = await readStored(loki(), ofKind(SERVICE, "session"));
      const users = new Set(stored.map(({ fields }) => fields[SESSION_FIELD.userHash]));
      return hashes.every((hash) => users.has(hash)) && stored;
    });
    const both = signs.filter(({ fields }) =>
      hashes.includes(fields[SESSION_FIELD.userHash] ?? ""),
    );
    const distinct = (name: string): number => new Set(both.map(({ fields }) => fields[name])).size;
    expect(distinct(SESSION_FIELD.visitorHash)).toBe(1);
    expect(distinct(SESSION_FIELD.sessionId)).toBe(1);
    expect(signs.some(({ fields }) => fields[SESSION_FIELD.state] === "start")).toBe(true);
    expect(signs.some(({ fields }) => fields[SESSION_FIELD.state] === "errored")).toBe(true);
  });

  it("is silenced by the kill switch without a restart, and heard again", async () => {
    const { page, console: seen } = await open();
    await flush(page);
    const setEnabled = async (enabled: boolean): Promise<void> => {
      const before = gateway.log().length;
      gateway.configure(({ apps, ...rest }) => ({
        ...rest,
        apps: apps.map((app) => ({ ...app, enabled })),
      }));
      await until("the settings to be read", () =>
        gateway.log().slice(before).includes("settings read again"),
      );
    };
    await setEnabled(false);
    await page.evaluate(`console.info("while switched off")`);
    await flush(page);
    await setEnabled(true);
    await until("it to be heard", async () => {
      await page.evaluate(`console.info("switched on again")`);
      return (await lines("switched on again")).length > 0;
    });
    expect(await lines("while switched off")).toEqual([]);
    expect(seen.filter((line) => line.startsWith("error"))).toEqual([]);
  });

  it("has stored no line twice", async () => {
    const stored = await readStored(loki(), ofKind(SERVICE, "log"));
    const counts = new Map<string, number>();
    for (const { text } of stored) counts.set(text, (counts.get(text) ?? 0) + 1);
    expect(printed.length).toBeGreaterThan(90);
    expect(printed.filter((text) => counts.get(text) !== 1)).toEqual([]);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".map"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
}
