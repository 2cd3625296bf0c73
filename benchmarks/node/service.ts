import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentOf, receiversAt } from "./candidates.ts";
import type { Running } from "./child.ts";
import { startCommand } from "./child.ts";
import type { ServiceCandidate } from "./http-candidates.ts";
import type { Workbench } from "./install.ts";

export type ServiceOptions = {
  readonly candidate: ServiceCandidate;
  /** Main file. */
  readonly main: string;
  readonly sinkPort: number;
  readonly service: string;
  readonly core?: number;
  readonly flags?: readonly string[];
  readonly hasIpc?: boolean;
};

/** A service that runs and listens. */
export type Service = {
  readonly candidate: ServiceCandidate;
  readonly port: number;
  readonly pid: number;
  readonly running: Running;
  /** Processor time of all its threads since its start, microseconds. */
  cpuMicros: () => number;
  end: () => Promise<void>;
};

const START_TIMEOUT_MILLIS = 30_000;
const LIFE_MILLIS = 3_600_000;
const PORT = /"port":(\d+)/;

/** Starts it with what the candidate brings; resolves once it says on which port it listens. */
export async function startService(
  workbench: Workbench,
  options: ServiceOptions,
): Promise<Service> {
  const { candidate, main, sinkPort, service, flags = [] } = options;
  const data = mkdtempSync(join(tmpdir(), "sightline-bench-"));
  const receivers = receiversAt(sinkPort);
  const imports =
    candidate.module === undefined ? [] : ["--import", join(workbench.folder, candidate.module)];
  const running = startCommand([process.execPath, ...flags, ...imports, main], {
    env: {
      ...environmentOf(receivers, { service, data }),
      SENTRY_TEST_DSN: receivers.sentryDsn,
      DD_TRACE_AGENT_URL: receivers.otlpUrl,
      DD_SERVICE: service,
      PORT: "0",
      SIGHTLINE_PORT_BOARD: "0",
      BOARD_DATA: ":memory:",
      ...candidate.env,
    },
    timeoutMillis: LIFE_MILLIS,
    ...(options.core === undefined ? {} : { core: options.core }),
    ...(options.hasIpc === undefined ? {} : { hasIpc: options.hasIpc }),
    keepsOutput: false,
  });
  const port = await portOf(running, candidate.name);
  const pid = running.child.pid ?? 0;
  return {
    candidate,
    port,
    pid,
    running,
    cpuMicros: () => readThreadMicros(pid),
    end: async () => {
      running.child.kill("SIGKILL");
      await running.ended.catch(() => undefined);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function portOf({ child, ended }: Running, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(
      () => reject(new Error(`${name} did not listen`)),
      START_TIMEOUT_MILLIS,
    );
    const onData = (chunk: Buffer): void => {
      text += chunk;
      const port = PORT.exec(text)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      child.stdout?.off("data", onData);
      // Whoever prints into a full pipe waits.
      child.stdout?.resume();
      resolve(Number(port));
    };
    child.stdout?.on("data", onData);
    void ended.then(({ stderr }) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended before it listened:\n${stderr.slice(-2_000)}`));
    }, reject);
  });
}

/** In nanoseconds in the kernel's file, so that a slice of a second is read well (`schedstat`). */
function readThreadMicros(pid: number): number {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).reduce((sum, thread) => {
    try {
      return (
        sum + Number(readFileSync(join(folder, thread, "schedstat"), "utf8").split(" ")[0]) / 1_000
      );
    } catch {
      return sum;
    }
  }, 0);
}
