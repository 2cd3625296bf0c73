import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  type Answer,
  buildPage,
  get,
  post,
  type RunningBoard,
  startBoard,
} from "./board-process.ts";

let board: RunningBoard;
beforeAll(async () => {
  await buildPage();
  board = await startBoard({ LOG_LEVEL: "debug" });
});
afterAll(() => board.stop());

const finished = (answer: Answer) =>
  board.waitForLine(
    (line) =>
      line.message === "request finished" &&
      line["requestId"] === answer.headers.get("x-request-id"),
  );

describe("the page", () => {
  test("is HTML without a single inline script or style, under a policy that allows none", async () => {
    const answer = await get(board, "/");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = answer.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain("unsafe-inline");
    expect(policy).not.toContain("connect-src");
    expect(answer.body).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(answer.body).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
    expect(await finished(answer)).toMatchObject({ route: "/", status: 200 });
  });

  test("finds every file that it asks for, and no source map", async () => {
    expect((await get(board, "/main.js.map")).status).toBe(404);
    const html: string = (await get(board, "/")).body;
    const asked = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? "");
    const seen = new Set(asked);
    for (const path of seen) {
      const answer = await get(board, path);
      expect([path, answer.status]).toEqual([path, 200]);
      if (!path.endsWith(".js")) continue;
      expect(answer.headers.get("content-type")).toContain("text/javascript");
    }
    expect([...seen]).toContain("/main.js");
  });

  test("has every element that its scripts look for", async () => {
    const html: string = (await get(board, "/")).body;
    const folder = join(import.meta.dirname, "..", "page");
    for (const file of ["health", "post-dialog", "posts", "report", "trouble", "weather", "page"]) {
      const script = await readFile(join(folder, `${file}.js`), "utf8");
      for (const match of script.matchAll(/byId\("([^"]+)"\)/g)) {
        expect(html, `${file}.js`).toContain(`id="${match[1]}"`);
      }
    }
  });
});

describe("the page with a gateway", () => {
  const gateway = {
    BOARD_GATEWAY_URL: "http://127.0.0.1:8717/",
    BOARD_GATEWAY_KEY: "board-example-page",
  };

  test("knows where to send, and its policy allows that one address", async () => {
    const observed = await startBoard(gateway);
    onTestFinished(() => observed.stop());
    const answer = await get(observed, "/");
    expect(answer.body).toContain('data-gateway-url="http://127.0.0.1:8717"');
    expect(answer.body).toContain('data-gateway-key="board-example-page"');
    expect(answer.headers.get("content-security-policy")).toMatch(
      /; connect-src 'self' http:\/\/127\.0\.0\.1:8717$/,
    );
  });
});

describe("GET /api/search", () => {
  test("forgives one typing mistake and reads comments too", async () => {
    const { status, body } = await get(board, "/api/search?q=currensies");
    expect(status).toBe(200);
    expect(body.results[0].title).toBe("Does anybody remember why orders keep two currencies?");
    expect(body.scanned).toBeGreaterThan(100);
    const inComment = await get(board, "/api/search?q=brake%20squeaks");
    expect(inComment.body.results[0].title).toBe("New colleague on Monday: Ines");
  });

  test("refuses an empty question", async () => {
    const { status, body } = await get(board, "/api/search?q=%20");
    expect(status).toBe(400);
    expect(body.error.message).toContain("q: expected a text of 1 to 80 characters");
  });
});

describe("GET /api/report", () => {
  test("answers with the finished report", async () => {
    const { status, body } = await get(board, "/api/report");
    expect(status).toBe(200);
    const { report } = body;
    expect(report.authors).toHaveLength(5);
    expect(report.climate).toHaveLength(5);
    expect(report.repeats[0].ratio).toBeGreaterThan(0.9);
  });

  test("tells each step to a reader that takes lines, and the report last", async () => {
    const response = await fetch(`${board.url}/api/report`, {
      headers: { accept: "application/x-ndjson" },
    });
    const lines = (await response.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, -1).map((line) => line.progress.step)).toEqual([1, 2, 3, 4, 5]);
    expect(lines.at(-1).report.words).toHaveLength(5);
  });

  test("stops when the reader goes away", async () => {
    const controller = new AbortController();
    const response = await fetch(`${board.url}/api/report`, {
      headers: { accept: "application/x-ndjson" },
      signal: controller.signal,
    });
    const reader = response.body?.getReader();
    await reader?.read();
    controller.abort();
    const requestId = response.headers.get("x-request-id");
    const line = await board.waitForLine(
      (one) => one.message === "request finished" && one["requestId"] === requestId,
    );
    expect(line["completed"]).toBe(false);
    const own = board.lines.filter((one) => one["requestId"] === requestId);
    expect(own.some((one) => one.message === "report built")).toBe(false);
    expect(own.some((one) => one.level === "error")).toBe(false);
  });
});

describe("GET /api/weather", () => {
  test("passes a forecast on", async () => {
    const { status, body } = await get(board, "/api/weather?city=Bergen&simulate=prompt");
    expect(status).toBe(200);
    expect(body).toMatchObject({ city: "Bergen", celsius: expect.any(Number) });
  });

  test("warns about a slow answer", async () => {
    const answer = await get(board, "/api/weather?simulate=slow");
    expect(answer.status).toBe(200);
    const requestId = answer.headers.get("x-request-id");
    const line = await board.waitForLine(
      (one) => one.level === "warn" && one["requestId"] === requestId,
    );
    expect(line.message).toBe("the weather service is slow");
    expect(line["durationMillis"]).toBeGreaterThanOrEqual(400);
  });

  test.each([
    ["unavailable", 502, "the weather service failed", "it answered 503"],
    ["silent", 504, "the weather service gave no answer within 1200 ms", "timeout"],
  ])("answers for a service that is %s with %i and logs why", async (mode, status, text, cause) => {
    const answer = await get(board, `/api/weather?simulate=${mode}`);
    expect(answer.status).toBe(status);
    const requestId = answer.headers.get("x-request-id");
    const line = await board.waitForLine(
      (one) => one.level === "error" && one["requestId"] === requestId,
    );
    expect(line.message).toBe(text);
    expect(line["error"]).toMatchObject({ cause: { message: expect.stringContaining(cause) } });
  });
});

describe("the log", () => {
  test("has one line for each request, with its route and not its address", async () => {
    const answer = await get(board, "/api/search?q=somebody");
    const line = await finished(answer);
    expect(line).toMatchObject({
      level: "info",
      module: "http",
      method: "GET",
      route: "/api/search",
      status: 200,
      completed: true,
    });
    expect(JSON.stringify(board.lines)).not.toContain("somebody");
    expect(Date.parse(String(line["timestamp"]))).toBeGreaterThan(0);
  });

  test("keeps health checks at debug", async () => {
    const answer = await get(board, "/healthz");
    expect(answer.body.status).toBe("ok");
    expect((await finished(answer)).level).toBe("debug");
  });

  test("answers unknown addresses with 404", async () => {
    const answer = await post(board, "/api/nothing");
    expect(answer).toMatchObject({
      status: 404,
      body: { error: { message: "there is no POST /api/nothing" } },
    });
    expect((await get(board, "/api/posts/%ff")).status).toBe(400);
  });
});

describe("POST /debug/block", () => {
  test("blocks for as long as asked, within its limit", async () => {
    const { status, body } = await post(board, "/debug/block", { millis: 20 });
    expect([status, body.blockedMillis]).toEqual([200, 20]);
    expect((await post(board, "/debug/block", { millis: 60_000 })).status).toBe(400);
  });
});
