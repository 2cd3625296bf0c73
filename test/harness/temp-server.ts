import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A database server of a test's own: on a free port of 127.0.0.1, in a folder that goes with it. */
export type TempServer = {
  readonly port: number;
  stop(): Promise<void>;
};

/** Debian keeps servers out of a user's path, PostgreSQL's even in a folder per version. */
const FOLDERS = [
  "/usr/sbin",
  "/sbin",
  ...[18, 17, 16, 15, 14, 13].map((version) => `/usr/lib/postgresql/${version}/bin`),
];
const PATH = [process.env["PATH"], ...FOLDERS].join(":");

/** Where a program is; undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  const found = spawnSync("sh", ["-c", `command -v ${name}`], {
    env: { ...process.env, PATH },
    encoding: "utf8",
  });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

/** Servers refuse to run as root: then they run as `nobody`, in a folder of that one. */
const NOBODY = { uid: 65_534, gid: 65_534 };
export const serverUser: typeof NOBODY | undefined = process.getuid?.() === 0 ? NOBODY : undefined;

export function makeServerFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `sightline-${name}-`));
  if (serverUser !== undefined) chownSync(folder, serverUser.uid, serverUser.gid);
  return folder;
}

/** Runs a preparation to its end; throws with its output if it fails. */
export function prepareServer(program: string, args: readonly string[], folder: string): void {
  const result = spawnSync(program, args, {
    ...serverUser,
    cwd: folder,
    encoding: "utf8",
    env: { PATH, HOME: folder, LC_ALL: "C" },
  });
  if (result.status !== 0) {
    throw new Error(`${program} ended with ${result.status}: ${result.stdout}${result.stderr}`);
  }
}

export type ServerPlace = {
  readonly folder: string;
  readonly port: number;
  /** What it prints when clients may come. */
  readonly readyText: string;
  readonly stopSignal: NodeJS.Signals;
  /** For a program that lies in a folder of root's. Default: false. */
  readonly runsAsRoot?: boolean;
};

/** Starts a server and waits until it says that it is ready. */
export async function startServer(
  program: string,
  args: readonly string[],
  place: ServerPlace,
): Promise<TempServer> {
  const child = spawn(program, args, {
    ...(place.runsAsRoot === true ? undefined : serverUser),
    cwd: place.folder,
    env: { PATH, HOME: place.folder, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await untilReady(child, program, place.readyText);
  return { port: place.port, stop: () => stopServer(child, place) };
}

function untilReady(child: ChildProcess, program: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const onOutput = (chunk: unknown): void => {
      output = (output + chunk).slice(-100_000);
      if (output.includes(text)) resolve();
    };
    child.stdout?.on("data", onOutput);
    child.stderr?.on("data", onOutput);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${output}`)));
  });
}

async function stopServer(child: ChildProcess, place: ServerPlace): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const hasEnded = new Promise((resolve) => child.once("exit", resolve));
    child.kill(place.stopSignal);
    const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await hasEnded;
    clearTimeout(timer);
  }
  rmSync(place.folder, { recursive: true, force: true });
}
