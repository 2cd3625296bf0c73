import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { until } from "../harness/until.ts";

/** Debian packages that bring an engine; `--no-install-recommends` is enough. */
const ENGINE_PACKAGES = ["docker.io", "iptables"] as const;

/** A Docker engine of the test's own: no image, network or container of anybody else is in it. */
export interface Engine {
  readonly host: string;
  readonly directory: string;
  /** Runs a program with `DOCKER_HOST` set and gives back what it printed. */
  run: (program: string, args: readonly string[], env?: Readonly<Record<string, string>>) => string;
  /** Ends the engine and removes its directory. */
  dispose: () => Promise<void>;
}

/** Why no engine can be started here; nothing if one can. */
export function whyNoEngine(): string | undefined {
  if (process.platform !== "linux") return "needs Linux";
  if (process.getuid?.() !== 0) return "needs root to start a Docker engine of its own";
  const missing = ["dockerd", "containerd", "runc", "iptables", "docker"].filter(
    (p) => !isOnPath(p),
  );
  if (missing.length === 0) return undefined;
  return `no ${missing.join(", ")} here; on Debian: apt-get install --no-install-recommends ${ENGINE_PACKAGES.join(" ")}`;
}

/**
 * Starts an engine that leaves nothing behind on the host: no bridge, no firewall rule, no change
 * of forwarding. Ports are published by Docker's own proxy, which is a plain listener.
 */
export async function startEngine(): Promise<Engine> {
  const directory = mkdtempSync(join(tmpdir(), "sightline-engine-"));
  const host = `unix://${join(directory, "engine.sock")}`;
  const log = join(directory, "engine.log");
  const output = openSync(log, "a");
  const child = spawn(
    "dockerd",
    [
      `--host=${host}`,
      `--data-root=${join(directory, "data")}`,
      `--exec-root=${join(directory, "exec")}`,
      `--pidfile=${join(directory, "engine.pid")}`,
      // Where a containerd of the host is used instead of an own one, our things stay apart.
      "--containerd-namespace=sightline-test",
      "--containerd-plugins-namespace=sightline-test-plugins",
      "--bridge=none",
      "--default-address-pool=base=10.213.0.0/16,size=24",
      "--iptables=false",
      "--ip-masq=false",
      "--ip-forward=false",
      "--log-level=warn",
    ],
    { stdio: ["ignore", output, output], env: { ...process.env, PATH: systemPath() } },
  );
  const run: Engine["run"] = (program, args, env = {}) =>
    execFileSync(program, args, {
      env: { ...process.env, PATH: systemPath(), DOCKER_HOST: host, ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 64 * 1024 * 1024,
      timeout: 180_000,
    });
  const dispose = async (): Promise<void> => {
    await end(child);
    // What a container had mounted is let go a moment after the engine has ended.
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  };
  try {
    await until("the engine to answer", () => answers(child, run), 60_000);
  } catch (error) {
    const lines = readFileSync(log, "utf8").trimEnd().split("\n").slice(-5).join("\n");
    await dispose();
    throw new Error(`the Docker engine did not start: ${String(error)}\n${lines}`);
  }
  return { host, directory, run, dispose };
}

function answers(child: ChildProcess, run: Engine["run"]): boolean {
  if (child.exitCode !== null) throw new Error(`dockerd ended with ${child.exitCode}`);
  return run("docker", ["version", "--format", "{{.Server.Version}}"]).trim() !== "";
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  await ended;
  clearTimeout(timer);
}

/** dockerd looks for runc and iptables in sbin, which npm scripts do not always have on the PATH. */
function systemPath(): string {
  return `${process.env["PATH"] ?? ""}${delimiter}/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin`;
}

function isOnPath(program: string): boolean {
  return systemPath()
    .split(delimiter)
    .some((folder) => folder !== "" && existsSync(join(folder, program)));
}
