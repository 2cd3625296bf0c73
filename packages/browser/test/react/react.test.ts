import { join } from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { startBrowser } from "../fixtures/page-lab.ts";

let browser: Browser;
let script: string;
let page: Page;
let printed: string[];
let uncaught: string[];

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "../fixtures/react-page.tsx")],
    bundle: true,
    format: "iife",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    write: false,
  });
  script = outputFiles[0]?.text ?? "";
  browser = await startBrowser();
}, 60_000);

afterAll(() => browser?.close());

beforeEach(async () => {
  page = await browser.newPage();
  onTestFinished(() => page.close());
  printed = [];
  uncaught = [];
  page.on("console", (message) => printed.push(message.text()));
  page.on("pageerror", (error) => uncaught.push(error.message));
  await page.addScriptTag({ content: script });
});

const show = (name: string, isOwn = false): Promise<unknown> =>
  page.evaluate(`show(${JSON.stringify(name)}, ${isOwn})`);
const told = (): Promise<unknown[][]> => page.evaluate("told");
const routes = async (): Promise<unknown[]> =>
  (await told()).filter(([kind]) => kind === "route").map(([, template]) => template);
const errors = async (): Promise<unknown[][]> =>
  (await told()).filter(([kind]) => kind === "error").map(([, ...rest]) => rest);
const heading = (text: string): Promise<void> =>
  page.getByRole("heading", { name: text, exact: true }).waitFor();
const follow = (name: string): Promise<void> =>
  page.getByRole("link", { name, exact: true }).click();

describe("SightlineRoutes", () => {
  it.each([
    ["home", "home", "/"],
    ["order", "order", "/orders/:id"],
    ["section", "section", "/section"],
    ["item", "item", "/section/:item"],
    ["deep", "deep", "/plain/deep/:item"],
  ])("tells the template of %s", async (name, title, template) => {
    await show(name);
    await heading(title);
    expect((await routes()).at(-1)).toBe(template);
  });

  it("tells each page that is gone to, and nothing for an address without a route", async () => {
    await show("item");
    await heading("item");
    await follow("other order");
    await heading("order");
    expect((await routes()).at(-1)).toBe("/orders/:id");
    await page.getByRole("button", { name: "Back" }).click();
    await heading("item");
    expect((await routes()).at(-1)).toBe("/section/:item");
    const before = (await routes()).length;
    await follow("nowhere");
    await page.getByRole("heading").waitFor({ state: "detached" });
    expect(await routes()).toHaveLength(before);
  });
});

describe.each(["data", "framework"])("a data router (%s)", (name) => {
  it("tells templates, also of going back", async () => {
    await show(name);
    await heading("home");
    await follow("order");
    await heading("order");
    await page.getByRole("button", { name: "Back" }).click();
    await heading("home");
    const distinct = (await routes()).filter((route, index, all) => route !== all[index - 1]);
    expect(distinct).toEqual(["/", "/orders/:id", "/"]);
  });

  it("tells what a loader threw, once, as handled by the error element", async () => {
    await show(name);
    await follow("broken");
    await heading("failed");
    await follow("order");
    await heading("order");
    expect(await errors()).toEqual([["Error: the loader failed", { handled: true }]]);
  });

  it("tells an answer of 5xx, and an address without a route as a page and no error", async () => {
    await show(name);
    await follow("failing");
    await heading("busy");
    expect(await errors()).toEqual([["Error: A route answered 503 Busy", { handled: true }]]);
    await follow("gone");
    await heading("no page");
    expect((await routes()).at(-1)).toBe("/*");
    expect(await errors()).toHaveLength(1);
  });
});

it("a data router that is made before the start tells where it is at the start", async () => {
  await page.evaluate("end()");
  await show("data");
  await heading("home");
  await follow("order");
  await heading("order");
  expect(await told()).toEqual([]);
  await page.evaluate("start()");
  expect(await routes()).toEqual(["/orders/:id"]);
});

it("useSightlineRoute does nothing below a router without data", async () => {
  await show("hookOutside");
  await heading("outside");
  expect(await told()).toEqual([]);
});

describe("SightlineErrorBoundary", () => {
  it("tells the error with its component, prints it once, and shows the children after a reset", async () => {
    await show("mendable");
    await heading("Error: not mended");
    expect(await errors()).toEqual([
      [
        "Error: not mended",
        { handled: true, componentStack: expect.stringMatching(/Mendable[\s\S]*Boundary/) },
      ],
    ]);
    expect(printed.filter((text) => text.includes("not mended"))).toHaveLength(1);
    await page.getByRole("button", { name: "Mend" }).click();
    await heading("mended");
    expect(await errors()).toHaveLength(1);
  });

  it("shows the children again when a key changes", async () => {
    await show("resettable");
    await heading("fallback 0");
    await page.getByRole("button", { name: "Next" }).click();
    await heading("fine 1");
  });

  it("tells an error once that its fallback throws on", async () => {
    await show("passedOn");
    await heading("outer");
    expect(await errors()).toHaveLength(1);
  });

  it("tells a thrown text once", async () => {
    await show("thrownText");
    await heading("text");
    expect(await errors()).toEqual([["a text", expect.objectContaining({ handled: true })]]);
  });
});

describe("sightlineRootOptions", () => {
  it("tells what nobody caught, and hands it to the window as React does", async () => {
    await show("uncaught");
    await expect.poll(() => uncaught).toEqual(["nobody caught it"]);
    expect(await errors()).toEqual([
      [
        "Error: nobody caught it",
        { handled: false, componentStack: expect.stringContaining("Broken") },
      ],
    ]);
  });

  it("leaves a text to the window, where it is told: it could not be recognised there", async () => {
    await show("uncaughtText");
    await expect.poll(() => uncaught.length).toBe(1);
    expect(await errors()).toEqual([]);
  });

  it("calls the page's own callbacks in the place of printing", async () => {
    await show("uncaught", true);
    await expect.poll(() => page.evaluate("mine")).toEqual(["uncaught Error: nobody caught it"]);
    await show("passedOn", true);
    await heading("outer");
    expect(await errors()).toHaveLength(2);
    expect([...printed, ...uncaught]).toEqual([]);
  });
});
