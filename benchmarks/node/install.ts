import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { PartContext } from "../part.ts";

/** Folders of `peers/` with a lockfile of their own. */
export const PEERS = [
  "winston-loki",
  "pino-loki",
  "otel-winston",
  "sentry",
  "sdk-node",
  "otel-auto",
  "dd-trace",
] as const;
export type Peer = (typeof PEERS)[number];

/** What is packed for a user, in the order of their dependencies. */
const OUR_PACKAGES = ["core", "wire", "node"] as const;
const STAMP = ".installed";

/**
 * A folder outside of the checkout, laid out like `benchmarks/node`: programs, and each candidate
 * with its own `node_modules`. What the measured applications need (winston, pino, Express) stands
 * one level above all of them, so that a candidate's folder holds the candidate alone.
 */
export type Workbench = {
  readonly folder: string;
  /** Folder of a candidate, such as `peers/sentry`. */
  readonly peer: (name: Peer | "ours") => string;
  /** Path of a program, such as `line.mjs`. */
  readonly program: (name: string) => string;
  /** Main file of the notice board's copy. */
  readonly board: string;
};

let prepared: Workbench | undefined;

/** Once for all parts of a run, so that all of them measure the same. */
export function prepareWorkbench(context: PartContext): Workbench {
  prepared ??= installWorkbench(context);
  return prepared;
}

/** Installs what is missing; what is there from the last run and unchanged is kept. */
function installWorkbench({ root, note }: PartContext): Workbench {
  const source = join(root, "benchmarks/node");
  const folder = join(cacheFolder(), "sightline/bench/node");
  mkdirSync(folder, { recursive: true });
  replaceFolder(join(source, "programs"), join(folder, "programs"));
  install(join(source, "peers/app"), folder, note);
  for (const peer of PEERS) install(join(source, "peers", peer), join(folder, "peers", peer), note);
  installOurs(root, join(source, "peers/ours"), join(folder, "peers/ours"), note);
  const board = copyBoard(root, join(folder, "board"));
  return {
    folder,
    peer: (name) => join(folder, "peers", name),
    program: (name) => join(folder, "programs", name),
    board,
  };
}

export function cacheFolder(): string {
  return process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
}

function replaceFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}

/** `npm ci` where the lockfile is another one than last time; from the registry that the user has. */
export function install(from: string, to: string, note: PartContext["note"]): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) cpSync(join(from, name), join(to, name));
  const digest = digestOf([join(from, "package-lock.json"), join(from, "package.json")]);
  if (readStamp(to) === digest) return;
  note(`installing ${to}`);
  npm(to, "ci", "--omit=dev", "--no-audit", "--no-fund");
  writeFileSync(join(to, STAMP), digest);
}

/** What a user would get from the registry: the packed tarballs, installed. */
function installOurs(root: string, from: string, to: string, note: PartContext["note"]): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) cpSync(join(from, name), join(to, name));
  const tarballs = OUR_PACKAGES.map((name) => pack(join(root, "packages", name), to));
  const digest = digestOf(tarballs);
  if (readStamp(to) === digest) return;
  note(`installing ${to}`);
  rmSync(join(to, "node_modules"), { recursive: true, force: true });
  rmSync(join(to, "package-lock.json"), { force: true });
  const dependencies = Object.fromEntries(
    OUR_PACKAGES.map((name, index) => [`@sightline/${name}`, `file:${tarballs[index]}`]),
  );
  const manifest = { name: "sightline-bench-ours", private: true, type: "module", dependencies };
  writeFileSync(join(to, "package.json"), JSON.stringify(manifest));
  npm(to, "install", "--omit=dev", "--no-audit", "--no-fund");
  writeFileSync(join(to, STAMP), digest);
}

const PACK_TRIES = 5;
const PACK_WAIT_MILLIS = 4_000;

/** Packing bundles in the package's own folder, where a second run of it is in the way of the first. */
function pack(packageFolder: string, to: string): string {
  for (let left = PACK_TRIES - 1; ; left -= 1) {
    try {
      return packOnce(packageFolder, to);
    } catch (error) {
      if (left === 0) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PACK_WAIT_MILLIS);
    }
  }
}

function packOnce(packageFolder: string, to: string): string {
  const text = npm(packageFolder, "pack", "--json", "--pack-destination", to);
  const [first] = Object.values(JSON.parse(text) as Record<string, { filename: string }>);
  if (first === undefined) throw new Error(`npm pack of "${packageFolder}" gave no tarball`);
  return join(to, first.filename);
}

/** The board without its repository: it finds Express and winston where the candidates find them. */
function copyBoard(root: string, to: string): string {
  const from = join(root, "examples/board");
  for (const name of ["dist", "public", "package.json"]) {
    rmSync(join(to, name), { recursive: true, force: true });
    cpSync(join(from, name), join(to, name), { recursive: true });
  }
  linkOurs(to);
  return join(to, "dist/main.js");
}

/** The board names its users to us; without a start that does nothing, in every candidate alike. */
function linkOurs(board: string): void {
  const scope = join(board, "node_modules/@sightline");
  rmSync(scope, { recursive: true, force: true });
  mkdirSync(scope, { recursive: true });
  for (const name of OUR_PACKAGES) {
    symlinkSync(join(board, "../peers/ours/node_modules/@sightline", name), join(scope, name));
  }
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function digestOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest("hex");
}

function readStamp(folder: string): string | undefined {
  const path = join(folder, STAMP);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
