import { fork } from "node:child_process";
import { endAtExit } from "../at-exit.ts";
import type { Workbench } from "./install.ts";

/** How it answers: takes all, or is one of the receivers that have a bad day. */
export type SinkMode = "ok" | "429" | "400" | "garbage" | "never";

export type SinkCount = { readonly lines: number; readonly doubled: number };

/** A receiver of OTLP, Loki, Sentry and Datadog in a process of its own. */
export type Sink = {
  readonly port: number;
  readonly url: string;
  setMode: (mode: SinkMode) => Promise<void>;
  count: (run: string) => Promise<SinkCount>;
  /** Bodies in which a crash record came. */
  crashes: () => Promise<readonly string[]>;
  end: () => Promise<void>;
};

type Answer = { readonly id: number; readonly answer: unknown };

export type SinkOptions = {
  /** Core to bind it to; without one it runs anywhere. */
  readonly core?: number;
  /** 0: a free one. */
  readonly port?: number;
};

/** A sink for as long as it is used; it must not outlive a part that fails. */
export async function withSink<T>(
  workbench: Workbench,
  options: SinkOptions,
  use: (sink: Sink) => Promise<T>,
): Promise<T> {
  const sink = await startSink(workbench, options);
  try {
    return await use(sink);
  } finally {
    await sink.end();
  }
}

export async function startSink(
  workbench: Workbench,
  { core, port = 0 }: SinkOptions = {},
): Promise<Sink> {
  const child = fork(workbench.program("sink.mjs"), [String(port)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    ...(core === undefined
      ? {}
      : { execPath: "taskset", execArgv: ["-c", String(core), process.execPath] }),
  });
  endAtExit(child, { signal: "SIGKILL" });
  const waiting = new Map<number, (answer: unknown) => void>();
  child.on("message", (message) => {
    const { id, answer } = message as Answer;
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  const answerTo = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, resolve);
      child.once("exit", () => reject(new Error("the sink ended while it was needed")));
    });
  child.setMaxListeners(0);
  let lastId = 0;
  const ask = (question: object): Promise<unknown> => {
    lastId += 1;
    const answer = answerTo(lastId);
    child.send({ id: lastId, ...question });
    return answer;
  };
  const ownPort = (await answerTo(0)) as number;
  return {
    port: ownPort,
    url: `http://127.0.0.1:${ownPort}`,
    setMode: async (mode) => void (await ask({ ask: "mode", mode })),
    count: (run) => ask({ ask: "count", run }) as Promise<SinkCount>,
    crashes: () => ask({ ask: "crashes" }) as Promise<string[]>,
    end: async () => {
      const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
      child.removeAllListeners("exit");
      child.kill("SIGKILL");
      await closed;
    },
  };
}
