import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { get, post, spawnBoard, startBoard } from "./board-process.ts";

describe("the process", () => {
  test("ends with code 0 on SIGTERM, after the requests under way", async () => {
    const board = await startBoard({ LOG_LEVEL: "debug" });
    const slow = get(board, "/api/report");
    await board.waitForLine((line) => line.message === "report step");
    board.child.kill("SIGTERM");
    const answer = await slow;
    expect([answer.status, answer.body.report.authors.length]).toEqual([200, 5]);
    expect(await board.ended).toEqual({ code: 0, signal: null });
    expect(board.lines.at(-1)?.message).toBe("board has stopped");
  });

  test("dies of an exception in a timer, after answering, with code 1 and the stack on stderr", async () => {
    const board = await startBoard();
    const answer = await post(board, "/debug/crash");
    expect([answer.status, answer.body.crashing]).toEqual([202, true]);
    expect(await board.ended).toEqual({ code: 1, signal: null });
    expect(board.stderr()).toContain("TypeError: Cannot read properties of undefined");
    expect(board.stderr()).toContain("at refreshDigest");
    expect(board.lines.some((line) => line.message === "a crash was asked for")).toBe(true);
  });

  test("does not offer to crash where it is switched off", async () => {
    const board = await startBoard({ BOARD_ALLOW_CRASH: "0" });
    onTestFinished(() => board.stop());
    expect((await post(board, "/debug/crash")).status).toBe(404);
    expect((await get(board, "/healthz")).status).toBe(200);
  });

  test("prints nothing but JSON, and no debug lines by default", async () => {
    const board = await startBoard();
    await get(board, "/healthz");
    await get(board, "/api/posts");
    await board.stop();
    expect(board.lines.length).toBeGreaterThanOrEqual(3);
    expect(board.lines.some((line) => line.level === "debug")).toBe(false);
  });

  test("keeps posts over a restart and does not seed twice", async () => {
    const folder = await mkdtemp(join(tmpdir(), "board-data-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const env = { BOARD_DATA: join(folder, "not", "there", "yet.db") };
    const first = await startBoard(env);
    const valid = { title: "Stays", body: "Still here.", author: "Tom Haddad" };
    const created = await post(first, "/api/posts", valid);
    const { total } = (await get(first, "/api/posts")).body;
    await first.stop();
    const second = await startBoard(env);
    expect((await get(second, `/api/posts/${created.body.post.id}`)).body.post.title).toBe("Stays");
    expect((await get(second, "/api/posts")).body.total).toBe(total);
    await second.stop();
  });

  test("names a port that is taken and ends with code 1", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void holder.close());
    await once(holder, "listening");
    const { port } = holder.address() as { port: number };
    const board = await spawnBoard({ SIGHTLINE_PORT_BOARD: String(port) });
    expect((await board.ended).code).toBe(1);
    expect(board.lines.at(-1)).toMatchObject({
      level: "error",
      message: "the board could not start",
      error: { message: `cannot listen on 127.0.0.1:${port}`, cause: { code: "EADDRINUSE" } },
    });
  });

  test("names every wrong setting before it starts anything", async () => {
    const board = await spawnBoard({ SIGHTLINE_PORT_BOARD: "http", LOG_LEVEL: "loud" });
    expect((await board.ended).code).toBe(1);
    expect(board.lines.map((line) => line["variable"])).toEqual([
      "SIGHTLINE_PORT_BOARD",
      "LOG_LEVEL",
    ]);
  });
});
