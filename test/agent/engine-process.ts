import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../docker/engine.ts";
import { isRunning, until } from "../harness/until.ts";

/** What a test does to the engine's own process. */
export interface EngineProcess {
  pid: () => number;
  /** As `systemctl restart docker`: its containers end with it. */
  restart: () => Promise<void>;
  /** It hangs: connections are taken and nothing is answered. */
  suspend: () => void;
  resume: () => void;
  /** Ends what `restart` has started; the first one ends with the engine. */
  dispose: () => Promise<void>;
}

export function createEngineProcess(engine: Engine): EngineProcess {
  let restarted: ChildProcess | undefined;

  const pid = (): number =>
    Number(readFileSync(join(engine.directory, "engine.pid"), "utf8").trim());

  const end = async (): Promise<void> => {
    const process_ = pid();
    process.kill(process_, "SIGTERM");
    await until("the engine to end", () => !isRunning(process_));
  };

  return {
    pid,
    restart: async () => {
      const [command = "", ...args] = readFileSync(`/proc/${pid()}/cmdline`, "utf8")
        .split("\0")
        .slice(0, -1);
      const env = readEnvironment(pid());
      await end();
      restarted = spawn(command, args, { stdio: "ignore", env });
      await until("the engine to answer again", () =>
        engine.run("docker", ["version", "--format", "{{.Server.Version}}"]),
      );
    },
    suspend: () => process.kill(pid(), "SIGSTOP"),
    resume: () => process.kill(pid(), "SIGCONT"),
    dispose: async () => {
      if (restarted === undefined || restarted.exitCode !== null) return;
      process.kill(pid(), "SIGCONT");
      await end();
    },
  };
}

function readEnvironment(pid: number): Record<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").slice(0, -1);
  return Object.fromEntries(
    entries.map((entry) => [
      entry.slice(0, entry.indexOf("=")),
      entry.slice(entry.indexOf("=") + 1),
    ]),
  );
}
