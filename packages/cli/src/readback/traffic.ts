import { spawn } from "node:child_process";
import { type Context, serverUrl } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Progress } from "../report/progress.ts";
import { exampleTrafficScript } from "../stack/example.ts";
import { readSignalCounts, type SignalCounts } from "./counts.ts";

/** Enough to see every route, and long enough for two exports of the metrics. */
const REQUESTS = 400;
const REQUESTS_PER_SECOND = 50;
const TIMEOUT_MILLIS = 120_000;

export interface SentTraffic {
  readonly before: SignalCounts;
  readonly startedUnixMillis: number;
  readonly sent: number;
  readonly durationMillis: number;
  readonly byStatus: Readonly<Record<string, number>>;
}

/** Sends the example a bounded stream of real requests, by the example's own script. */
export async function sendExampleTraffic(
  context: Context,
  progress: Progress,
): Promise<SentTraffic> {
  const before = await readSignalCounts(context);
  const startedUnixMillis = Date.now();
  const title = `sending the example ${REQUESTS} requests`;
  const report = await progress.step(title, async (note) => {
    note(`${REQUESTS_PER_SECOND} per second`);
    return parseReport(await runScript(context));
  });
  return { before, startedUnixMillis, ...report };
}

function runScript(context: Context): Promise<string> {
  const args = [
    exampleTrafficScript(context),
    ...["--base-url", serverUrl(context, "board")],
    ...["--requests", String(REQUESTS), "--rate", String(REQUESTS_PER_SECOND), "--json"],
  ];
  const child = spawn(process.execPath, args, {
    env: context.io.env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MILLIS,
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(output);
      const reason = errors.trim() || `it ended with ${signal ?? `code ${code}`}`;
      reject(
        new Failure(`the example did not take the requests: ${reason}`, {
          advice: [`${context.self} logs board --since 5m   shows what it said`],
        }),
      );
    });
  });
}

function parseReport(text: string): Omit<SentTraffic, "before" | "startedUnixMillis"> {
  const report = JSON.parse(text) as Omit<SentTraffic, "before" | "startedUnixMillis">;
  return { sent: report.sent, durationMillis: report.durationMillis, byStatus: report.byStatus };
}
