import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { endAtExit } from "../at-exit.ts";

export interface SenderOptions {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Sends through winston-loki; without it through `@sightline/node`. */
  readonly peer?: {
    readonly host: string;
    readonly service: string;
    readonly intervalSeconds: number;
  };
}

export interface Sender {
  print: (line: number) => void;
  end: () => Promise<void>;
}

/** A Node process that logs with winston, as services do. */
export async function startSender({ root, env, peer }: SenderOptions): Promise<Sender> {
  const folder = join(root, "benchmarks");
  const script = join(folder, "stack/latency-sender.ts");
  const args = peer
    ? [script, JSON.stringify(peer)]
    : ["--import", "@sightline/node/register", script];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  endAtExit(child);
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  const closed = once(child, "close");
  const isReady = await Promise.race([
    once(child, "message").then(() => true),
    closed.then(() => false),
  ]);
  if (!isReady) throw new Error(`a sender ended before it was ready:\n${errors}`);
  return {
    print: (line) => {
      child.send(line);
    },
    end: async () => {
      if (child.connected) child.disconnect();
      child.kill("SIGTERM");
      await closed;
    },
  };
}
