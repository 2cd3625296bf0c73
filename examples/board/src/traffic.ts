import { realpathSync } from "node:fs";
import { parseArgs } from "node:util";
import { sendTraffic, type TrafficReport } from "./send-traffic.ts";

export {
  sendTraffic,
  type TrafficOptions,
  type TrafficReport,
  type TrafficStop,
} from "./send-traffic.ts";

const USAGE = `Usage: node dist/traffic.js [options]
  --base-url <address>  the board (default http://127.0.0.1:8700)
  --requests <number>   how many to send (default 300)
  --rate <number>       how many per second (default 50)
  --seed <number>       the same seed sends the same requests (default 1)
  --json                print the report as JSON
`;

/** Exit codes: 0 all as planned, 1 some requests failed, 64 wrong usage, 130 interrupted. */
async function main(args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  try {
    const options = readOptions(args);
    if (options === "help") {
      process.stdout.write(USAGE);
      return 0;
    }
    const report = await sendTraffic({ ...options, signal: stop.signal });
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : toText(report));
    if (report.stopped === "aborted") return 130;
    return report.failures > 0 || report.stopped !== undefined ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 64;
  }
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "base-url": { type: "string", default: "http://127.0.0.1:8700" },
      requests: { type: "string", default: "300" },
      rate: { type: "string", default: "50" },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  return {
    baseUrl: values["base-url"],
    requests: Number(values.requests),
    ratePerSecond: Number(values.rate),
    seed: Number(values.seed),
    json: values.json,
  };
}

function toText(report: TrafficReport): string {
  const seconds = (report.durationMillis / 1_000).toFixed(1);
  const lines = [`${report.sent} requests in ${seconds} s, ${report.failures} failed`];
  for (const [status, n] of Object.entries(report.byStatus)) lines.push(`  ${status}  ${n}`);
  for (const [route, n] of Object.entries(report.byRoute)) lines.push(`  ${route}  ${n}`);
  if (report.firstFailure !== undefined) lines.push(`first failure: ${report.firstFailure}`);
  if (report.stopped !== undefined) lines.push(`stopped early: ${report.stopped}`);
  return `${lines.join("\n")}\n`;
}

function isStartedDirectly(): boolean {
  const started = process.argv[1];
  // By its real path: in a workspace the package is reached through a link.
  return started !== undefined && realpathSync(started) === import.meta.filename;
}

if (isStartedDirectly()) process.exitCode = await main(process.argv.slice(2));
