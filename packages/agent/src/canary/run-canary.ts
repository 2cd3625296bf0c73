import { ENV, EXIT } from "@sightline/core";
import { createDelivery, systemClock } from "@sightline/wire";
import { createMetricStore, createStoreExporter } from "@sightline/wire/metrics";
import { VERSION } from "../version.ts";
import { createAskLoki } from "./ask-loki.ts";
import { startCanary } from "./canary.ts";
import { createCanaryMetrics } from "./canary-metrics.ts";
import {
  type CanaryArguments,
  type CanarySettings,
  parseCanaryArguments,
  readCanarySettings,
} from "./canary-settings.ts";

const USAGE = `sightline-agent canary: prints a line a second and looks for each of them in Loki, so that
delay and loss of the whole way are known. To be run where an agent ships its output.

Usage: ${ENV.lokiUrl}=http://127.0.0.1:3100 sightline-agent canary [options]

  --query-every <time>    how often Loki is asked; delays are known to within it (2s)
  --late-after <time>     a line is late by then (30s)
  --missing-after <time>  a line is missing by then (5m)
  --config <agent.json>   the agent's settings: where metrics go
  --help                  prints this
`;

const MEMORY_BYTES = 1024 * 1024;
const MAX_RETRY_MILLIS = 5_000;
/** For a last export of what was counted. */
const STOP_MILLIS = 1_000;

const log = (text: string): void => {
  process.stderr.write(`sightline-agent canary: ${text}\n`);
};

/** @returns an exit code, or nothing where it runs on. */
export function runCanary(given: readonly string[]): number | undefined {
  let args: CanaryArguments;
  try {
    args = parseCanaryArguments(given);
  } catch (error) {
    log(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (args.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const read = readCanarySettings(args, process.env);
  if (read.status === "faults") {
    for (const fault of read.faults) log(fault);
    return EXIT.problems;
  }
  run(read.settings);
  return undefined;
}

function run(settings: CanarySettings): void {
  const store = createMetricStore({ scope: "@sightline/agent" });
  const delivery = createDelivery({
    endpoint: settings.otlpUrl,
    headers: settings.headers,
    maxMemoryBytes: MEMORY_BYTES,
    retry: { maxMillis: MAX_RETRY_MILLIS },
    userAgent: `sightline-canary/${VERSION}`,
  });
  const exporter = createStoreExporter({
    store,
    delivery,
    intervalMillis: settings.metricIntervalMillis,
  });
  const canary = startCanary({
    ...settings,
    ask: createAskLoki({ url: settings.lokiUrl }),
    metrics: createCanaryMetrics(store, settings),
    clock: systemClock,
    steadyNow: () => performance.now(),
    print: (line) => process.stdout.write(line),
    log,
  });
  log(`run ${canary.run}; asks ${new URL(settings.lokiUrl).origin}`);

  let isEnding = false;
  async function end(code: number): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    await canary.stop();
    await exporter.stop();
    await delivery.shutdown(STOP_MILLIS);
    process.exit(code);
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => void end(EXIT.ok));
  }
  process.stdout.on("error", (error) => {
    log(`cannot print: ${error.message}; its output must be read by somebody`);
    void end(EXIT.failure);
  });
}
