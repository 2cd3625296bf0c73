import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ATTRIBUTE,
  ERROR_FIELD,
  LOKI_METADATA,
  PROMETHEUS,
  PROMETHEUS_LABEL,
} from "@sightline/core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoredRecord } from "../agent/stored.ts";
import {
  CHROMIUM,
  makeProfile,
  removeProfile,
  startBrowser,
  type TestBrowser,
  WITHOUT_CHROMIUM,
} from "../harness/browser.ts";
import { createTestStack, repositoryRoot, type TestStack } from "../harness/stack.ts";
import { isRunning, until } from "../harness/until.ts";
import { ofKind, readStored, untilStored } from "./stored.ts";

const SERVER = "board";
const WEB = "board-web";
const BOTH = `{service_name=~"${SERVER}|${WEB}", kind="log"}`;
const USER = "Ines Duarte";

const metadata = (name: string): string => name.replaceAll(".", "_");

/** What who runs `sightline up` has: the board with its page, and the gateway beside the stack. */
describe.skipIf(CHROMIUM === undefined)(`the board of sightline up${WITHOUT_CHROMIUM}`, () => {
  let stack: TestStack;
  let browser: TestBrowser;
  let profile: string;
  let page: Page;
  const errors: Error[] = [];

  beforeAll(async () => {
    const builder = join(repositoryRoot, "examples/board/build-page.mjs");
    const { buildPage } = (await import(builder)) as {
      buildPage: () => Promise<void>;
    };
    await buildPage();
    stack = await createTestStack({ SIGHTLINE_AGENT: "off" });
    const up = await stack.run("up", "--mode", "embedded");
    expect(up.code, up.stderr).toBe(0);
    profile = makeProfile();
    browser = await startBrowser(profile);
    page = (
      await browser.open(stack.url("board"), {
        prepare: (opening) => {
          opening.on("pageerror", (error) => errors.push(error));
          return opening.addInitScript(`localStorage.setItem("board.name", "${USER}")`);
        },
      })
    ).page;
    await page.locator(".post").first().waitFor();
  }, 300_000);

  afterAll(async () => {
    await browser?.kill();
    await stack?.dispose();
    removeProfile(profile);
  });

  const loki = (): string => stack.url("loki");
  const untilWebLine = (text: string): Promise<StoredRecord> =>
    untilStored(loki(), ofKind(WEB, "log", text));
  const press = (name: string): Promise<void> => page.getByRole("button", { name }).click();

  it("says in status that the gateway is well", async () => {
    const { code, stdout, stderr } = await stack.run("status", "--json");
    expect(code, stderr).toBe(0);
    expect(JSON.stringify(JSON.parse(stdout))).toContain("gateway");
    expect(stack.pidOf("gateway")).toBeGreaterThan(0);
  });

  it("has a warning of the page's console, and its error with file, line and function", async () => {
    await press("Write to the console");
    const warning = await untilWebLine("the basket is older than a day");
    expect(warning.fields).toMatchObject({ severity_text: "warn", service_name: WEB });
    expect(warning.text).toContain("12.5");

    await press("Break the page");
    const { text, fields } = await untilWebLine("TypeError");
    const file = "page-trouble.js";
    const source = readFileSync(join(repositoryRoot, "examples/board/page", file), "utf8");
    const at = source.split("\n").findIndex((line) => line.includes("price.amount")) + 1;
    expect(text).toMatch(new RegExp(`at totalOf \\([^)]*${file}:${at}:\\d+\\)`));
    expect(text).toMatch(new RegExp(`at checkOut \\([^)]*${file}:\\d+:\\d+\\)`));
    expect(fields[metadata(ATTRIBUTE.trail)]).toContain("the basket is older than a day");
    const record = await untilStored(
      loki(),
      ofKind(WEB, "error"),
      (stored) => stored.fields[ERROR_FIELD.fp] === fields[ERROR_FIELD.fp],
    );
    expect(record.fields).toMatchObject({ [ERROR_FIELD.handled]: "false", [ERROR_FIELD.n]: "1" });
    expect(errors.map(({ message }) => message).join()).toContain("amount");
  });

  it("joins a click, the request that it made and the lines of the server by one trace", async () => {
    await press("Throw an error");
    const failed = await untilStored(loki(), ofKind(WEB, "log", "/publish"), ({ text }) =>
      text.includes("500"),
    );
    const traceId = failed.fields[LOKI_METADATA.traceId] ?? "";
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    const selector = `${BOTH} | ${LOKI_METADATA.traceId}="${traceId}"`;
    const joined = await until("lines of both under one trace", async () => {
      const stored = await readStored(loki(), selector);
      const services = new Set(stored.map(({ fields }) => fields["service_name"]));
      return services.has(SERVER) && services.has(WEB) && stored;
    });
    const ofServer = joined.filter(({ fields }) => fields["service_name"] === SERVER);
    expect(ofServer.some(({ fields }) => fields["severity_text"]?.toLowerCase() === "error")).toBe(
      true,
    );
    const click = joined.find(({ text }) => text.startsWith("click") || text.includes("Throw"));
    expect(click?.fields["service_name"], joined.map(({ text }) => text).join("\n")).toBe(WEB);
    // One person on both sides: the page names the user, and the server by its header.
    const users = joined.map(({ fields }) => fields[metadata(ATTRIBUTE.userHash)]);
    expect(new Set(users.filter((user) => user !== undefined)).size).toBe(1);
    const spans = `sum(${PROMETHEUS.spansAccepted}{${PROMETHEUS_LABEL.serviceName}="${WEB}"})`;
    await until("spans of the page", async () => Number(await askOne(spans)) > 0);
  });

  it("counts the session, and shows the problem in sightline errors and logs", async () => {
    const session = await untilStored(loki(), ofKind(WEB, "session"));
    expect(session.fields[metadata(ATTRIBUTE.visitorHash)]).toMatch(/^[0-9a-f]{16}$/);
    const list = await stack.run("errors", "--json");
    expect(list.code, list.stderr).toBe(0);
    expect(list.stdout).toContain(WEB);
    const logs = await stack.run("logs", WEB, "--since", "10m");
    expect(logs.code, logs.stderr).toBe(0);
    expect(logs.stdout).toMatch(/totalOf .*page-trouble\.js/);
    const figures = `sum(${PROMETHEUS.gatewayRequests}{${PROMETHEUS_LABEL.outcome}="accepted"})`;
    await until("requests of the gateway", async () => Number(await askOne(figures)) > 0);
  });

  it("loses nothing when the gateway is killed: the supervisor starts it again", async () => {
    const pid = stack.pidOf("gateway");
    process.kill(pid, "SIGKILL");
    await until("its death", () => !isRunning(pid));
    const texts = Array.from({ length: 10 }, (_, index) => `without a gateway ${index + 1}.`);
    await page.evaluate((lines) => {
      for (const line of lines) console.warn(line);
    }, texts);
    const stored = await until("them in Loki", async () => {
      const found = await readStored(loki(), ofKind(WEB, "log", "without a gateway"));
      return found.length >= texts.length && found;
    });
    expect(stored.map(({ text }) => text)).toEqual(texts);
    expect(stack.pidOf("gateway")).not.toBe(pid);
  });

  it("measures the page when it is left", async () => {
    await page.goto("about:blank");
    const vital = await untilStored(
      loki(),
      ofKind(WEB, "log"),
      ({ fields }) => fields[metadata(ATTRIBUTE.browserWebVitalName)] === "LCP",
    );
    expect(vital.text).toMatch(/^LCP \d+ ms (good|needs-improvement|poor)$/);
  });

  async function askOne(query: string): Promise<string | undefined> {
    const address = `${stack.url("prometheus")}/api/v1/query?${new URLSearchParams({ query })}`;
    const answer = (await (await fetch(address)).json()) as {
      data: { result: { value: [number, string] }[] };
    };
    return answer.data.result[0]?.value[1];
  }
});
