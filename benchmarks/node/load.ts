import { fork } from "node:child_process";
import { endAtExit } from "../at-exit.ts";
import type { Workbench } from "./install.ts";

export type LoadOrder = {
  readonly port: number;
  /** Whole requests as they go over the wire; sent in turn. */
  readonly requests: readonly string[];
  readonly connections: number;
  readonly millis?: number;
  readonly count?: number;
};

export type LoadResult = {
  readonly answered: number;
  readonly errors: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
};

export type Load = { run: (order: LoadOrder) => Promise<LoadResult>; end: () => void };

/** A load generator in a process of its own, bound to a core. */
export async function startLoad(workbench: Workbench, core: number): Promise<Load> {
  const child = fork(workbench.program("load.mjs"), [], {
    execPath: "taskset",
    execArgv: ["-c", String(core), process.execPath],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  endAtExit(child, { signal: "SIGKILL" });
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const onExit = (): void => reject(new Error("the load generator ended while it was needed"));
      child.once("exit", onExit);
      child.once("message", (message) => {
        child.off("exit", onExit);
        resolve(message);
      });
    });
  await next();
  return {
    run: (order) => {
      const result = next();
      child.send(order);
      return result as Promise<LoadResult>;
    },
    end: () => void child.kill("SIGKILL"),
  };
}

/** A request as it goes over the wire. */
export function formatRequest(method: string, path: string, body?: object): string {
  const text = body === undefined ? "" : JSON.stringify(body);
  const entity = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n`;
  const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n`;
  return `${head}${body === undefined ? "" : entity}\r\n${text}`;
}
