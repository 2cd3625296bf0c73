import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ODD_REQUESTS, ODD_VALUES } from "./fixtures/odd-requests.ts";
import { type PageLab, startBrowser, startPageLab } from "./fixtures/page-lab.ts";

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

/** A page where the SDK runs; what a test does comes as a script, as it would be in the page. */
async function started(options = "", html = "", query = "", before = ""): Promise<Page> {
  context = await browser.newContext();
  await context.addInitScript(before);
  const page = await lab.open(context, html, query);
  await page.evaluate(`window.sl = startSightline({ key: "${lab.key}", ${options} }); 0`);
  return page;
}

const logs = (): readonly string[] => lab.of("logs").map(({ message }) => message);
const errors = (): readonly string[] => lab.of("exceptions").map(({ value }) => value);

/** Everything that the page does before it is told, too. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(`console.info("the end"); sl.flush()`);
  await lab.until("the last line", () => logs().includes("the end"));
}

describe("the console", () => {
  it("tells the chosen levels and leaves the console as it was", async () => {
    const page = await started(`consoleLevels: ["warn", "error", "debug"]`);
    const printed: string[] = [];
    page.on("console", (message) => printed.push(message.text()));
    await page.evaluate(
      `console.debug("a"); console.info("not taken"); console.warn("b %s of %d", "x", 3, "rest"); console.error("c")`,
    );
    await page.evaluate(`sl.flush()`);
    await lab.until("three lines", () => logs().length === 3);
    expect(lab.of("logs").map(({ level, message }) => [level, message])).toEqual([
      ["debug", "a"],
      ["warn", "b x of 3 rest"],
      ["error", "c"],
    ]);
    expect(printed).toEqual(["a", "not taken", "b %s of %d x 3 rest", "c"]);
  });

  it("survives what is circular, huge, foreign or throws, and calls of the console in between", async () => {
    const page = await started(`consoleLevels: ["info", "log"]`);
    await page.evaluate(`
      const circle = { name: "circle" }; circle.self = circle;
      console.info(circle);
      console.info({ get bad() { throw new Error("no"); }, good: 1 });
      console.info(new Proxy({}, { ownKeys() { throw new Error("no"); } }));
      console.info("x".repeat(1_000_000));
      console.info(Array.from({ length: 100_000 }, (_, i) => i));
      console.info({ get loud() { console.info("inside"); return 1; } });
      console.info(10n, Symbol("s"), undefined, null, new Map([[1, { a: 2 }]]), new Set([1]), function f() {});
      console.info(document.body, new Date(NaN), Object.create(null));
    `);
    await settled(page);
    expect(logs()).toContain(`{"name":"circle","self":[circular]}`);
    expect(logs()).toContain(`{"bad":[unreadable],"good":1}`);
    expect(logs()).toContain("[unreadable]");
    expect(logs()).toContain(`{"loud":1}`);
    expect(logs()).not.toContain("inside");
    expect(logs()).toContain(`10n Symbol(s) undefined null Map {[1,{"a":2}]} Set [1] [function f]`);
    expect(logs()).toContain("<body> [no date] {}");
    for (const line of logs()) expect(line.length).toBeLessThan(10_000);
  });

  it("counts what a flood of lines is cut to", async () => {
    const page = await started();
    await page.evaluate(`for (let i = 0; i < 5000; i += 1) console.info("flood", i)`);
    await page.evaluate(`sl.flush()`);
    await page.goto("about:blank");
    const lost = (): number =>
      lab
        .of("measurements")
        .filter(({ type }) => type === "sightline_lost")
        .reduce((sum, { values }) => sum + (values["rate_limited"] ?? 0), 0);
    const told = (): number => logs().filter((line) => line.startsWith("flood")).length;
    await lab.until("all lines, told or counted", () => lost() + told() === 5000);
    expect(told()).toBeGreaterThanOrEqual(1000);
    expect(told()).toBeLessThan(1200);
  });
});

describe("errors", () => {
  it("tells what nobody caught, with stack, causes and the errors of an aggregate", async () => {
    const page = await started("", `<script src="/fault.js"></script>`);
    await page.evaluate(`
      setTimeout(() => failDeep());
      Promise.reject(new RangeError("outer", { cause: new Error("inner", { cause: "text" }) }));
      Promise.reject(new AggregateError([new Error("one"), new Error("two")], "several"));
      0;
    `);
    await lab.until("three errors", () => errors().length === 3);
    const [file, outer, several] = ["from a file", "outer", "several"].map((value) =>
      lab.of("exceptions").find((one) => one.value === value),
    );
    expect(file?.type).toBe("TypeError");
    expect(file?.context).toMatchObject({ handled: "false", n: "1" });
    expect(file?.stacktrace?.frames[0]).toMatchObject({
      filename: `${lab.origin}/fault.js`,
      lineno: 1,
    });
    expect(JSON.parse(outer?.context["causes"] ?? "")).toMatchObject([
      { type: "Error", message: "inner", stack: expect.stringContaining("at ") },
      { type: "NonError", message: "text" },
    ]);
    expect(JSON.parse(several?.context["causes"] ?? "")).toMatchObject([
      { message: "one" },
      { message: "two" },
    ]);
  });

  it("tells what is no Error: texts, nothing, objects, DOMExceptions, events", async () => {
    const page = await started();
    await page.evaluate(`
      setTimeout(() => { throw "just text"; });
      Promise.reject(undefined);
      Promise.reject({ status: 503, body: "x" });
      Promise.reject({ name: "HttpErrorResponse", message: "Http failure" });
      Promise.reject(new Event("error"));
      setTimeout(() => document.querySelector("!"));
      Promise.reject(new DOMException("gone", "AbortError"));
      0;
    `);
    await lab.until("six errors", () => errors().length >= 6);
    await settled(page);
    expect(
      lab
        .of("exceptions")
        .map(({ type, value }) => `${type}: ${value}`)
        .sort(),
    ).toEqual([
      "Event: Event error was thrown",
      "HttpErrorResponse: Http failure",
      "NonError: just text",
      "NonError: undefined",
      `NonError: {"status":503,"body":"x"}`,
      expect.stringContaining("SyntaxError: Failed to execute 'querySelector'"),
    ]);
  });

  it("tells an error once, however many ways it comes, with all that they know", async () => {
    const page = await started();
    await page.evaluate(`
      const error = new Error("several ways");
      console.error("boundary:", error);
      sl.reportError(error, { componentStack: "in Cart" });
      setTimeout(() => { throw error; });
      console.error(new Error("printed alone"));
    `);
    await lab.until("two errors", () => errors().length >= 2);
    await settled(page);
    expect([...errors()].sort()).toEqual(["printed alone", "several ways"]);
    const several = lab.of("exceptions").find(({ value }) => value === "several ways");
    expect(several?.context).toMatchObject({
      console: "boundary:",
      component_stack: "in Cart",
      handled: "true",
    });
    expect(logs()).toEqual(["the end"]);
  });

  it("tells what a script of another origin hides, and its failed scripts", async () => {
    const page = await started();
    await page.evaluate(`
      const add = (src) => document.body.append(Object.assign(document.createElement("script"), { src }));
      window.addEventListener("error", () => {}, true);
      add("${lab.otherOrigin}/fault.js");
      add("/api/404?secret=1");
    `);
    await page.waitForFunction("typeof failDeep === 'function'");
    await page.evaluate(`setTimeout(failDeep)`);
    await lab.until(
      "both",
      () => errors().length > 0 && lab.of("events").some(({ name }) => name.includes("failed")),
    );
    expect(lab.of("exceptions")[0]).toMatchObject({ value: "Script error.", type: "Error" });
    const failed = lab.of("events").find(({ name }) => name === "browser.request_failed");
    expect(failed?.attributes["url.full"]).toBe(`${lab.origin}/api/404`);
  });

  it("collapses a storm into the first and a count, and tells the count when the page goes", async () => {
    const page = await started();
    await page.evaluate(`
      for (let i = 0; i < 500; i += 1) sl.reportError(new Error("storm " + i));
      for (let i = 0; i < 7; i += 1) console.error(new Error("other"));
    `);
    await lab.until("the first ones", () => errors().length === 2);
    await page.goto("about:blank");
    await lab.until("their counts", () => errors().length === 4);
    const sum = (text: string): number =>
      lab
        .of("exceptions")
        .filter(({ value }) => value.startsWith(text))
        .reduce((n, { context: { n: more } }) => n + Number(more), 0);
    expect([sum("storm"), sum("other")]).toEqual([500, 7]);
  });

  it("leaves out what is ignored, by text or file", async () => {
    const page = await started(
      `ignoreErrors: ["of no use", /fault\\.js$/g]`,
      `<script src="/fault.js"></script>`,
    );
    await page.evaluate(`
      sl.reportError(new Error("this is of no use")); setTimeout(failDeep); setTimeout(failDeep);
      setTimeout(() => sl.reportError(new Error("kept")));
    `);
    await lab.until("the kept one", () => errors().length > 0);
    await settled(page);
    expect(errors()).toEqual(["kept"]);
  });

  it("marks frames with the debug id that the build left, without the query of their address", async () => {
    const page = await started("", `<script src="/fault.js?v=secret"></script>`);
    await page.evaluate(`
      const stack = (() => { try { failDeep(); } catch (error) { return error.stack; } })();
      globalThis.__sightlineDebugIds = { [stack]: "6f8b3a1e-0000-4000-8000-000000000001" };
      setTimeout(failDeep);
    `);
    await lab.until("the error", () => errors().length === 1);
    expect(lab.of("exceptions")[0]?.stacktrace?.frames[0]).toMatchObject({
      filename: `${lab.origin}/fault.js`,
      bundleid: "6f8b3a1e-0000-4000-8000-000000000001",
    });
  });
});

it("stands whatever a page throws, prints and gives it", async () => {
  const page = await started();
  await page.evaluate(ODD_VALUES);
  await lab.until("the last line", () => logs().includes("still there"));
  await lab.until("the errors", () => errors().length >= 5);
  expect(errors()).toEqual(expect.arrayContaining(["circle", "long stack", "[unreadable]"]));
  await settled(page);
});

describe("requests", () => {
  const failed = (): readonly Record<string, string>[] =>
    lab
      .of("events")
      .filter(({ name }) => name === "browser.request_failed")
      .map(({ attributes }) => attributes);

  it("tells failed ones of fetch and XMLHttpRequest, never aborted or fine ones, never a query", async () => {
    const page = await started();
    await page.evaluate(`(async () => {
      await fetch("/api/500?token=private#x", { method: "post" });
      await fetch("/api/404?ok");
      await fetch("/api/broken").catch(() => {});
      const xhr = (path, then) => new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open("PUT", path); request.onloadend = resolve; request.send(); then?.(request);
      });
      await xhr("/api/503?a=b"); await xhr("/api/broken"); await xhr("/api/200");
      await xhr("/api/slow", (request) => request.abort());
      const timed = new XMLHttpRequest();
      timed.open("GET", "/api/slow"); timed.timeout = 50; timed.send();
      const stop = new AbortController();
      const given = fetch("/api/slow", { signal: stop.signal }).catch(() => {});
      stop.abort(); await given;
      await fetch("/api/slow", { signal: AbortSignal.timeout(50) }).catch(() => {});
    })()`);
    await lab.until("the failed ones", () => failed().length >= 6);
    await settled(page);
    expect(
      failed()
        .map((one) => `${one["http.request.method"]} ${one["url.full"]} ${one["error.type"]}`)
        .sort(),
    ).toEqual(
      [
        `POST ${lab.origin}/api/500 500`,
        `GET ${lab.origin}/api/broken network`,
        `PUT ${lab.origin}/api/503 503`,
        `PUT ${lab.origin}/api/broken network`,
        `GET ${lab.origin}/api/slow timeout`,
        `GET ${lab.origin}/api/slow timeout`,
      ].sort(),
    );
    for (const body of lab.bodies) expect(body).not.toMatch(/private|token=/);
  });

  it("sends trace headers to its own origin and the named ones alone, and keeps the page's own", async () => {
    const page = await started(
      `traceOrigins: [/^http:\\/\\/nowhere$/g, "${lab.otherOrigin}/with/a/path"]`,
    );
    const own = "00-11111111111111111111111111111111-2222222222222222-01";
    await page.evaluate(`(async () => {
      await fetch("/api/plain");
      await fetch(new Request("/api/request", { headers: { "x-own": "1" } }));
      const request = new Request("/api/twice", { method: "POST", body: "b" });
      await fetch(request.clone()); await fetch(request);
      await fetch(new URL("/api/headers", location.href), { headers: [["x-own", "2"]] });
      await fetch(new Request("/api/both", { headers: { "x-own": "lost" } }), { headers: { "x-own": "3" } });
      await fetch("/api/own", { headers: { TraceParent: "${own}" } });
      await fetch("${lab.otherOrigin}/api/named");
      await fetch("${lab.origin.replace("localhost", "127.0.0.1")}/api/foreign", { mode: "no-cors" });
      const send = (path, header) => new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open("GET", path);
        if (header) request.setRequestHeader("TraceParent", header);
        request.onloadend = resolve; request.send();
      });
      await send("/api/xhr"); await send("/api/xhr-own", "${own}");
    })()`);
    const header = (path: string): string | undefined =>
      lab.asked.find((one) => one.path === `/api/${path}`)?.headers["traceparent"] as string;
    for (const path of ["plain", "request", "twice", "headers", "both", "named", "xhr"]) {
      expect(header(path), path).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    }
    expect([header("own"), header("xhr-own"), header("foreign")]).toEqual([own, own, undefined]);
    const ownHeader = (path: string): unknown =>
      lab.asked.find((one) => one.path === `/api/${path}`)?.headers["x-own"];
    expect(["request", "headers", "both"].map(ownHeader)).toEqual(["1", "2", "3"]);
    // Each request is a span of its own, also where one Request is sent again.
    await settled(page);
    const traced = lab.asked.filter(({ headers }) => {
      const value = headers["traceparent"];
      return value !== undefined && value !== own;
    });
    const spans = lab.of("spans").filter(({ name }) => name !== "load");
    expect(new Set(traced.map(({ headers }) => headers["traceparent"])).size).toBe(traced.length);
    for (const { headers } of traced) {
      const [, traceId, spanId] = String(headers["traceparent"]).split("-");
      expect(spans).toContainEqual(expect.objectContaining({ traceId, spanId }));
    }
  });

  it("joins a click, its requests and the lines and errors that follow in one trace", async () => {
    const page = await started("", `<button id="pay">Pay now</button>`);
    await page.evaluate(`
      document.getElementById("pay").onclick = async () => {
        await fetch("/api/500");
        console.warn("not paid");
        sl.reportError(new Error("payment failed"));
      };
    `);
    await page.click("#pay");
    await lab.until("the click's own span", () =>
      lab.of("spans").some((span) => (span as { name?: string }).name === "click"),
    );
    const root = lab.of("spans").find(({ name }) => name === "click");
    const child = lab.of("spans").find(({ parentSpanId }) => parentSpanId === root?.spanId);
    const asked = lab.asked.find(({ path }) => path === "/api/500");
    expect(asked?.headers["traceparent"]).toBe(`00-${root?.traceId}-${child?.spanId}-01`);
    const traceIds = [
      child?.traceId,
      lab.of("logs").find(({ message }) => message === "not paid")?.trace?.trace_id,
      lab.of("exceptions")[0]?.trace?.trace_id,
      lab.of("events").find(({ name }) => name === "browser.user_action.click")?.trace?.trace_id,
      lab.of("events").find(({ name }) => name === "browser.request_failed")?.trace?.trace_id,
    ];
    expect(new Set(traceIds)).toEqual(new Set([root?.traceId]));
  });

  it("never records its own traffic, in whatever form the address is written", async () => {
    const page = await started();
    lab.status = 503;
    await page.evaluate(`(async () => {
      console.info("to be refused"); await sl.flush(300);
      for (const address of ["/sl/c/${lab.key}", "../sl/c/${lab.key}?t=1", new URL("/sl/c/${lab.key}", location), new Request("/sl/c/${lab.key}")]) {
        await fetch(address, { method: "POST" }).catch(() => {});
      }
    })()`);
    lab.status = 204;
    await settled(page);
    expect(failed()).toEqual([]);
    expect(lab.of("spans")).toEqual([]);
  });

  it("leaves every request as it is without us, however odd it is written", async () => {
    context = await browser.newContext();
    const page = await lab.open(context);
    const seen = (from: number): readonly string[] =>
      lab.asked
        .slice(from)
        .map(({ headers, method, path }) => `${method} ${path} ${headers["x-own"] ?? ""}`);
    const without = await page.evaluate(ODD_REQUESTS);
    const askedWithout = seen(0);
    await page.evaluate(`window.sl = startSightline({ key: "${lab.key}" }); 0`);
    expect(await page.evaluate(ODD_REQUESTS)).toEqual(without);
    expect(seen(askedWithout.length)).toEqual(askedWithout);
    expect(askedWithout).toHaveLength(8);
  });

  it("keeps a rejection that the page did not handle, and answers that are thenable once", async () => {
    const page = await started(`failedStatus: () => { throw new Error("the page's own"); }`);
    await page.evaluate(`fetch("/api/broken"); 0`);
    await lab.until("the rejection", () => errors().length === 1);
    expect(errors()).toEqual(["Failed to fetch"]);
    expect(await page.evaluate(`fetch("/api/200").then((answer) => answer.json())`)).toEqual({});
  });
});

describe("what is private", () => {
  it("tells no query, fragment, typed text, secret or text that the page asked to mask", async () => {
    const html = `
      <input id="name" value="typed-secret"><textarea id="note">typed-secret</textarea>
      <div contenteditable id="free">typed-secret</div>
      <button id="who" data-sightline-private>typed-secret</button>
      <label id="label">Name <select id="pick"><option>typed-secret</option></select></label>
      <button id="long">Please write a message to the account of jane.doe@example.com</button>
      <div data-testid="open"><span id="deep"></span></div><script>
        document.getElementById("deep").attachShadow({ mode: "open" }).innerHTML = "<b>inside typed-secret</b>";
      </script>
      <button id="mail">Write to jane.doe@example.com <b data-sightline-private>typed-secret</b></button>
      <input type="password" id="pass" aria-label="Password" value="typed-secret">`;
    const page = await started(
      `redact: [/customer-\\d+/]`,
      html,
      "?token=address-secret#fragment-secret",
    );
    for (const id of ["name", "note", "free", "who", "label", "mail", "pass", "long", "deep"]) {
      await page.click(`#${id}`);
    }
    await page.evaluate(`
      console.warn("see https://example.com/a?token=address-secret and customer-123, password=hunter2secret");
      console.warn({ apiKey: "object-secret", nested: { password: "object-secret" } });
      console.warn("Http failure for /api/find?name=address-secret&x=1 and (./here#a=address-secret)");
      console.warn("x".repeat(8180) + " jane.doe@example.com");
      console.warn([{ password: "object-secret" }]);
      sl.reportError(new Error("jane.doe@example.com at " + location.href, { cause: new Error("customer-5 Bearer abcdef1234567890") }));
      history.pushState({}, "", "/next?code=address-secret#fragment-secret");
      sl.log("info", "typed", { token: "object-secret", note: "customer-9" });
    `);
    await lab.until("the error", () => errors().length === 1);
    await settled(page);
    await page.goto("about:blank");
    await lab.until("its last vital", () =>
      lab.of("measurements").some(({ values }) => "cls" in values),
    );
    const all = lab.bodies.join("\n");
    expect(all).not.toMatch(
      /typed-secret|address-secret|fragment-secret|object-secret|hunter2|jane\.doe|customer-\d|abcdef1234567890/,
    );
    expect(all).toContain("[redacted:email]");
    const addresses = new Set(lab.told.map(({ meta }) => meta.page?.url));
    expect([...addresses].sort()).toEqual([`${lab.origin}/next`, `${lab.origin}/shop/cart`]);
    const trail = JSON.parse(lab.of("exceptions")[0]?.context["trail"] ?? "[]");
    expect(trail.map(({ text }: { text: string }) => text)).toContain('label#label "Name"');
  });
});

describe("vitals and navigation", () => {
  it("tells web vitals with what they are about, of the page that was loaded", async () => {
    // A headless browser may never be idle after a click; without this, timers serve, as in Safari.
    const page = await started(
      "",
      `<img src="/picture?size=secret" width="600" height="400"><button id="b">Go</button>`,
      "",
      "delete window.requestIdleCallback",
    );
    await page.evaluate(`
      sl.setRoute("/shop/:page");
      new PerformanceObserver((list) => { window.interactions = list.getEntries().length; })
        .observe({ type: "event", durationThreshold: 16 });
      document.getElementById("b").onclick = () => { for (const end = performance.now() + 60; performance.now() < end; ) {} };
    `);
    await page.click("#b");
    // The browser tells of an interaction some time after it has painted.
    await page.waitForFunction(`window.interactions > 0`);
    await page.evaluate(`new Promise((resolve) => setTimeout(resolve))`);
    await page.evaluate(`history.pushState({}, "", "/elsewhere"); sl.setRoute("/elsewhere")`);
    await page.goto("about:blank");
    const vital = (name: string) =>
      lab.told.find(({ item, kind }) => kind === "measurements" && name in (item.values ?? {}));
    await lab.until("all five", () =>
      ["lcp", "fcp", "ttfb", "cls", "inp"].every((name) => vital(name) !== undefined),
    );
    expect(vital("lcp")?.item.context).toMatchObject({
      rating: expect.any(String),
      element: "html>body>img",
      resource_url: `${lab.origin}/picture`,
    });
    expect(vital("inp")?.item.context["interaction_target"]).toBe("#b");
    for (const name of ["lcp", "fcp", "ttfb"]) {
      expect(vital(name)?.meta.page?.url, name).toBe(`${lab.origin}/shop/cart`);
    }
    expect(vital("lcp")?.meta.view?.name).toBe("/shop/:page");
  });

  it.each([
    ["the Navigation API", ""],
    ["the history alone", "Object.defineProperty(window, 'navigation', { value: undefined })"],
  ])(
    "tells navigations with their templates, within the page and going back, by %s",
    async (_, before) => {
      const page = await started(
        `routeOf: (path) => path.startsWith("/orders/") ? "/orders/:id" : path.includes("#/") ? path.replace(/\\d+/, ":n") : undefined`,
        "",
        "",
        before,
      );
      await page.evaluate(`(async () => {
      const moved = () => new Promise((resolve) => setTimeout(resolve, 20));
      history.pushState({}, "", "/orders/5?x=1"); await moved();
      history.replaceState({}, "", "/orders/5?x=2"); await moved();
      history.pushState({}, "", "/about"); sl.setRoute("/about-us"); await moved();
      location.hash = "#/item/7"; await moved();
      history.back(); await new Promise((resolve) => addEventListener("popstate", resolve, { once: true })); await moved();
      console.info("at", location.pathname);
    })()`);
      const shown = (): readonly (string | undefined)[] =>
        lab
          .of("events")
          .filter(({ name }) => name === "browser.navigation")
          .map(({ attributes }) => attributes["browser.route"] ?? attributes["url.path"]);
      await settled(page);
      await lab.until("five", () => shown().length === 5);
      expect(shown()).toEqual([
        "/shop/cart",
        "/orders/:id",
        "/about-us",
        "/about#/item/:n",
        "/about",
      ]);
      const line = lab.told.find(({ item }) => item.message === "at /about");
      expect(line?.meta.page?.url).toBe(`${lab.origin}/about`);
    },
  );
});

it("gives an error the last twenty things that happened", async () => {
  const page = await started("", `<button id="b" data-testid="more">More</button>`);
  for (let i = 0; i < 25; i += 1) await page.click("#b");
  await page.evaluate(`(async () => {
    await fetch("/api/500"); console.warn("almost"); history.pushState({}, "", "/last"); sl.setRoute("/last");
    sl.reportError(new Error("at last"), { attributes: { cart: "full" } });
  })()`);
  await lab.until("the error", () => errors().length === 1);
  const { context: given } = lab.of("exceptions")[0] ?? { context: {} };
  const trail = JSON.parse((given as Record<string, string>)["trail"] ?? "[]");
  expect(trail).toHaveLength(20);
  expect(trail.slice(-4).map(({ kind, text }: Record<string, string>) => [kind, text])).toEqual([
    ["click", `button#b [more] "More"`],
    ["request", "GET /api/500 500"],
    ["console", "almost"],
    ["navigation", "/last"],
  ]);
  expect((given as Record<string, string>)["cart"]).toBe("full");
});
