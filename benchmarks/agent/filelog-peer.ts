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

export interface FilelogOptions {
  /** Where it keeps its configuration, checkpoints, queue and log. */
  readonly directory: string;
  /** `--data-root` of the engine. */
  readonly dockerRoot: string;
  readonly otlpUrl: string;
  readonly wrapper?: readonly string[];
  /** Size of its queue on disk; default 256 MiB, as the agent's journal. */
  readonly storeBytes?: number;
}

const DEFAULT_STORE_BYTES = 268_435_456;

/**
 * The Collector's own way to collect Docker's logs, set up as its documentation advises where no
 * line may be lost: checkpoints on disk, from the beginning, a queue on disk, retry without end.
 */
export function createFilelogPeer(options: FilelogOptions): FilelogPeer {
  const { directory, wrapper = [] } = options;
  const store = join(directory, "store");
  mkdirSync(store, { recursive: true });
  const file = join(directory, "filelog.json");
  writeFileSync(file, JSON.stringify(configOf(options, store), null, 2));
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

function configOf(options: FilelogOptions, store: string): unknown {
  const { dockerRoot, otlpUrl, storeBytes = DEFAULT_STORE_BYTES } = options;
  return {
    receivers: {
      file_log: {
        include: [join(dockerRoot, "containers/*/*-json.log")],
        start_at: "beginning",
        include_file_name: false,
        storage: "file_storage",
        retry_on_failure: { enabled: true, max_elapsed_time: 0 },
        operators: [{ type: "container", format: "docker", add_metadata_from_filepath: false }],
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
          queue_size: storeBytes,
          batch: {
            flush_timeout: "200ms",
            sizer: "bytes",
            min_size: Math.min(262_144, storeBytes / 8),
            max_size: Math.min(2_097_152, storeBytes / 2),
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
