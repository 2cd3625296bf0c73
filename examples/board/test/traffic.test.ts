import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { sendTraffic, type TrafficReport } from "../src/traffic.ts";
import { planTraffic } from "../src/traffic-plan.ts";
import { type RunningBoard, startBoard } from "./board-process.ts";

const CLI = join(import.meta.dirname, "..", "dist", "traffic.js");
const run = promisify(execFile);

let board: RunningBoard;
beforeAll(async () => {
  board = await startBoard();
});
afterAll(() => board.stop());

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, one) => total + one, 0);

describe("sendTraffic", () => {
  test("sends the plan, gets every answer it expects, and the board logged each request", async () => {
    const progress: number[] = [];
    const logged = board.lines.length;
    const report = await sendTraffic({
      baseUrl: board.url,
      requests: 60,
      ratePerSecond: 200,
      seed: 4,
      onProgress: ({ sent }) => progress.push(sent),
    });
    expect(report).toMatchObject({ sent: 60, failures: 0 });
    expect(report.stopped).toBeUndefined();
    expect(sum(report.byStatus)).toBe(60);
    const planned: Record<string, number> = {};
    for (const { method, route } of planTraffic(4, 60)) {
      planned[`${method} ${route}`] = (planned[`${method} ${route}`] ?? 0) + 1;
    }
    expect(report.byRoute).toEqual(planned);
    expect(report.byStatus).toMatchObject({ "400": expect.any(Number), "500": expect.any(Number) });
    expect(progress.at(-1)).toBe(60);
    const isRequest = (line: { message: string }) => line.message === "request finished";
    const count = () => board.lines.slice(logged).filter(isRequest).length;
    await board.waitForLine(() => count() >= 60);
    expect(count()).toBe(60);
  });

  test("stops when told to", async () => {
    const controller = new AbortController();
    const report = await sendTraffic({
      baseUrl: board.url,
      requests: 1_000,
      ratePerSecond: 100,
      seed: 1,
      signal: controller.signal,
      onProgress: ({ sent }) => {
        if (sent === 10) controller.abort();
      },
    });
    expect(report.stopped).toBe("aborted");
    expect(report.sent).toBe(10);
  });

  test("gives up on a board that is not there, and says why", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const baseUrl = `http://127.0.0.1:${port}`;
    const report = await sendTraffic({ baseUrl, requests: 5_000, ratePerSecond: 500, seed: 1 });
    expect(report.stopped).toBe("unreachable");
    expect(report.sent).toBeLessThan(100);
    expect(report.failures).toBe(report.sent);
    expect(report.firstFailure).toContain("ECONNREFUSED");
  });

  test("never has more than 32 requests under way", async () => {
    let open = 0;
    let most = 0;
    const server = createServer((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.writeHead(200).end();
      }, 50);
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const report = await sendTraffic({ baseUrl, requests: 200, ratePerSecond: 5_000, seed: 1 });
    expect(report.sent).toBe(200);
    expect(most).toBe(32);
    expect(report.failures).toBeGreaterThan(0);
  });

  test.each([
    [{ requests: 0 }, "requests"],
    [{ ratePerSecond: 0 }, "ratePerSecond"],
    [{ seed: Number.NaN }, "seed"],
    [{ baseUrl: "board" }, "baseUrl"],
  ])("refuses %o", async (wrong, name) => {
    const valid = { baseUrl: board.url, requests: 1, ratePerSecond: 1, seed: 1 };
    await expect(sendTraffic({ ...valid, ...wrong })).rejects.toThrow(`${name}: expected`);
  });
});

describe("node dist/traffic.js", () => {
  test("prints the report as JSON and ends with code 0", async () => {
    const args = ["--base-url", board.url, "--requests", "20", "--rate", "100", "--json"];
    const { stdout } = await run(process.execPath, [CLI, ...args]);
    const report = JSON.parse(stdout) as TrafficReport;
    expect(report).toMatchObject({ sent: 20, failures: 0 });
  });

  test("ends with code 64 and its usage for a wrong option", async () => {
    const wrong = run(process.execPath, [CLI, "--requests", "many"]);
    await expect(wrong).rejects.toMatchObject({
      code: 64,
      stderr: expect.stringContaining('requests: expected 1 to 1000000, got "NaN"'),
    });
  });
});
