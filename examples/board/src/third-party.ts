import { once } from "node:events";
import { Worker } from "node:worker_threads";

export interface ThirdParty {
  readonly baseUrl: string;
  close(): Promise<void>;
}

/**
 * Starts the weather service on a free loopback port, in a thread of its own and without the
 * instrumentation of the board: it plays another company, so its requests must not be counted as
 * ours, and it must keep answering while the board's event loop is blocked. A thread, unlike a
 * child process, cannot outlive a board that was killed.
 */
export async function startThirdParty(seed: number): Promise<ThirdParty> {
  const worker = new Worker(new URL("./third-party-worker.js", import.meta.url), {
    workerData: { seed },
    execArgv: [],
    env: {},
  });
  const [{ port }] = (await once(worker, "message")) as [{ readonly port: number }];
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    close: async () => {
      await worker.terminate();
    },
  };
}
