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
  endAtExit(child, { signal: "SIGKILL" });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  // A message that a dead sender cannot take; `print` tells of it with the sender's last words.
  child.on("error", () => {});
  const isReady = await Promise.race([
    once(child, "message").then(() => true),
    ended.then(() => false),
  ]);
  if (!isReady) throw new Error(`a sender ended before it was ready:\n${errors}`);
  return {
    print: (line) => {
      if (!child.connected) throw new Error(`a sender ended while it was needed:\n${errors}`);
      child.send(line);
    },
    end: async () => {
      // By force: its lines were counted, and winston-loki does not end on SIGTERM once its queue
      // is empty.
      child.kill("SIGKILL");
      await ended;
    },
  };
}
