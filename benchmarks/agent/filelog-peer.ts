import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, createChild } from "../../test/agent/child.ts";
import { findServer } from "../../test/agent/receivers.ts";
import { until } from "../../test/harness/until.ts";

export const PEER_SERVICE = "filelog-peer";

export interface FilelogPeer extends Child {
  /** Starts it and resolves once it reads. */
  up: () => Promise<void>;
}

/**
 * The Collector's own way to collect Docker's logs, set up as its documentation advises where no
 * line may be lost: checkpoints on disk, from the beginning, a queue on disk, retry without end.
 */
export function createFilelogPeer(
  directory: string,
  dockerRoot: string,
  otlpUrl: string,
  wrapper: readonly string[] = [],
): FilelogPeer {
  const store = join(directory, "store");
  mkdirSync(store, { recursive: true });
  const file = join(directory, "filelog.json");
  writeFileSync(file, JSON.stringify(configOf(dockerRoot, store, otlpUrl), null, 2));
  const [command = "", ...args] = [
    ...wrapper,
    findServer("collector", "otelcol") ?? "otelcol",
    `--config=${file}`,
  ];
  const child = createChild({
    command,
    args,
    env: { PATH: process.env["PATH"] ?? "", HOME: directory },
    cwd: directory,
    logFile: join(directory, "filelog.log"),
  });
  const countReady = (): number => child.log().split("Everything is ready").length;
  return {
    ...child,
    up: async () => {
      writeFileSync(join(directory, "filelog.log"), "", { flag: "a" });
      const before = countReady();
      child.start();
      await until("the filelog receiver to read", () => {
        const end = child.unexpectedEnd();
        if (end) throw new Error(`the filelog collector ${end}: ${child.log().slice(-2_000)}`);
        return countReady() > before;
      });
    },
  };
}

function configOf(dockerRoot: string, store: string, otlpUrl: string): unknown {
  return {
    receivers: {
      file_log: {
        include: [join(dockerRoot, "containers/*/*-json.log")],
        start_at: "beginning",
        include_file_name: false,
        storage: "file_storage",
        retry_on_failure: { enabled: true, max_elapsed_time: 0 },
        operators: [
          { type: "container", format: "docker", add_metadata_from_filepath: false },
        ],
        resource: { "service.name": PEER_SERVICE },
      },
    },
    exporters: {
      otlp_http: {
        endpoint: otlpUrl,
        retry_on_failure: {
          enabled: true,
          initial_interval: "500ms",
          max_interval: "5s",
          max_elapsed_time: 0,
        },
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
      pipelines: { logs: { receivers: ["file_log"], exporters: ["otlp_http"] } },
    },
  };
}
