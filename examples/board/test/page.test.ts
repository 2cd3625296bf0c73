import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { buildPage, type RunningBoard, startBoard } from "./board-process.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  isExecutable,
);
const REASON = CHROMIUM === undefined ? " (skipped: no Chromium in /usr/bin)" : "";

describe.skipIf(CHROMIUM === undefined)(`the page in a browser${REASON}`, () => {
  let board: RunningBoard;
  let context: BrowserContext;
  let profile: string;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    await buildPage();
    board = await startBoard();
    profile = await mkdtemp(join(tmpdir(), "board-browser-"));
    context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM ?? "",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  }, 60_000);
  afterAll(async () => {
    await context?.close();
    await board?.stop();
    await rm(profile, { recursive: true, force: true });
  });

  beforeEach(async () => {
    complaints = [];
    page = await context.newPage();
    onTestFinished(() => page.close());
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // Answers of 4xx and 5xx are logged by the browser itself, and this page asks for some.
      const isFailedLoad = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isFailedLoad) complaints.push(message.text());
    });
    await page.goto(board.url);
    await page.locator(".post").first().waitFor();
  });

  test("writes a post, likes it, and comments on it", async () => {
    await page.getByText("Write a post").click();
    const form = page.locator("#post-form");
    await form.getByRole("button", { name: "Post", exact: true }).click();
    await expect.poll(() => page.locator("#post-error").textContent()).toContain("Title: expected");
    await form.getByLabel("Your name").fill("Ines Duarte");
    await form.getByLabel("Title").fill("Found: a <b>key</b>");
    await form.getByLabel("Text").fill("It opens nothing we know.");
    await form.getByRole("button", { name: "Post", exact: true }).click();

    const item = page.locator(".post", { hasText: "Found: a <b>key</b>" });
    await item.getByRole("button", { name: "Like" }).click();
    await expect.poll(() => item.getByRole("button", { name: "Like" }).textContent()).toBe("♥ 1");

    await item.getByRole("link").click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByLabel("Your name").inputValue()).toBe("Ines Duarte");
    await dialog.getByLabel("Comment", { exact: true }).fill("It is mine.");
    await dialog.getByRole("button", { name: "Add comment" }).click();
    await dialog.locator("#comments", { hasText: "It is mine." }).waitFor();
    await page.keyboard.press("Escape");
    await item.getByRole("button", { name: "1 comment" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("opens a post by keyboard and gives the focus back", async () => {
    const link = page.locator(".post a").nth(1);
    const title = await link.textContent();
    await link.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: title ?? "" });
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    const focused = () => page.evaluate("document.activeElement?.textContent");
    await expect.poll(focused).toBe(title);
    expect(new URL(page.url()).hash).toBe("");
  });

  test("searches, and shows the report with its steps", async () => {
    await page.getByRole("searchbox").fill("lentil soop");
    await page.keyboard.press("Enter");
    await page.locator("#list-note", { hasText: "1 found in" }).waitFor();
    expect(await page.locator(".post h2").textContent()).toBe("Bread and soup on Thursday");
    await page.getByRole("button", { name: "Run the report" }).click();
    await page.locator("#report-step", { hasText: "5 of 5: Weather of the months" }).waitFor();
    await page.getByRole("heading", { name: "Who writes most" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test.each([
    ["Throw an error", /^500 after .* with this number we can find it/],
    ["Send bad input", /^400 after .*Title: expected a text/],
    ["Third party down", /^502 after .*The weather service failed/],
    ["Third party silent", /^504 after .*gave no answer within 1200 ms/],
    ["Freeze for a second", /^Answered after 1\.\d\d s/],
  ])("says what came of “%s”", async (name, outcome) => {
    await page.getByRole("button", { name }).click();
    await page.locator("#trouble-outcome", { hasText: outcome }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("fits a phone without scrolling sideways", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const excess = () => page.evaluate("document.documentElement.scrollWidth - innerWidth");
    await expect.poll(excess).toBe(0);
  });

  // Last: nobody starts this board again.
  test("notices that the board has crashed", async () => {
    await page.getByRole("button", { name: "Crash the process" }).click();
    await page.locator("#health", { hasText: "The board is down" }).waitFor();
    expect((await board.ended).code).toBe(1);
  });
});

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
