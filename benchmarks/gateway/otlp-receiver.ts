import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findServer } from "../../test/agent/receivers.ts";
import { freePort } from "../../test/harness/free-port.ts";
import { until } from "../../test/harness/until.ts";
import { atExit, endAtExit } from "../at-exit.ts";
import { type BenchGateway, GATEWAY_CORE } from "./bench-gateway.ts";

/**
 * The Collector's own OTLP receiver before the same sink, with a queue on disk: what takes lines as
 * they are, checks no key and masks nothing. No receiver of Faro's payloads can be built from Go
 * modules (one of them is in no registry), and Alloy comes as an image alone.
 */
export async function startOtlpReceiver(sinkUrl: string): Promise<BenchGateway | undefined> {
  const binary = findServer("collector", "otelcol");
  if (binary === undefined) return undefined;
  const directory = mkdtempSync(join(tmpdir(), "sightline-bench-receiver-"));
  const port = await freePort();
  const file = join(directory, "otelcol.json");
  const store = join(directory, "store");
  mkdirSync(store);
  writeFileSync(file, JSON.stringify(configOf(port, sinkUrl, store)));
  const child = spawn("taskset", ["-c", GATEWAY_CORE, binary, `--config=${file}`], {
    env: { PATH: process.env["PATH"] ?? "", HOME: directory, GOMAXPROCS: "1" },
    stdio: "ignore",
  });
  endAtExit(child, { signal: "SIGTERM" });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const remove = atExit(async () => rmSync(directory, { recursive: true, force: true }));
  await until("the OTLP receiver to answer", async () => {
    if (child.exitCode !== null) throw new Error("the collector ended by itself");
    await fetch(`http://127.0.0.1:${port}/v1/logs`);
    return true;
  });
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await remove();
    },
  };
}

function configOf(port: number, sinkUrl: string, store: string): unknown {
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: {
      otlp_http: {
        endpoint: sinkUrl,
        sending_queue: {
          enabled: true,
          storage: "file_storage",
          sizer: "bytes",
          queue_size: 268_435_456,
          batch: {
            flush_timeout: "200ms",
            sizer: "bytes",
            min_size: 262_144,
            max_size: 2_097_152,
          },
        },
      },
    },
    extensions: { file_storage: { directory: store } },
    service: {
      extensions: ["file_storage"],
      telemetry: { metrics: { level: "none" } },
      pipelines: { logs: { receivers: ["otlp"], exporters: ["otlp_http"] } },
    },
  };
}
