import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { formatBytes } from "@sightline/core";
import { makeDirectory } from "./directory.ts";

/** What was found before anything starts. A plain value, so that every case can be tested. */
export interface PreflightFacts {
  /** How the user calls us. */
  readonly self: string;
  readonly platform: string;
  /** Version as `go version` says it, or undefined where there is no Go. */
  readonly goVersion: string | undefined;
  /** Servers that are not built yet. */
  readonly toBuild: readonly string[];
  readonly dataDirectory: string;
  readonly dataWritable: string | undefined;
  readonly dataFreeBytes: number;
  readonly cacheDirectory: string;
  /** Why the cache cannot be written; asked only where something is to be built. */
  readonly cacheWritable: string | undefined;
  readonly cacheFreeBytes: number;
  /** Folders of the servers' configuration that are not there or cannot be read. */
  readonly missingConfiguration: readonly string[];
  /** One line per port that is taken. */
  readonly portProblems: readonly string[];
}

export const NEEDED_GO = { major: 1, minor: 26 } as const;
/** Loki and Prometheus stop taking data on a full disk, so do not start near it. */
export const MIN_DATA_FREE_BYTES: number = 1024 ** 3;
/** Modules and build cache of all servers together take 9 GB at their largest. */
export const MIN_BUILD_FREE_BYTES: number = 10 * 1024 ** 3;

/** Everything that stands in the way, each in one line that says what to do. Empty: go ahead. */
export function findPreflightProblems(facts: PreflightFacts): string[] {
  return [
    ...findPlatformProblem(facts),
    ...findGoProblem(facts),
    ...findDiskProblems(facts),
    ...facts.missingConfiguration.map(
      (path) =>
        `cannot read the configuration folder "${path}"; expected a folder per server; set SIGHTLINE_PROVISIONING to a folder that has them, or unset it`,
    ),
    ...facts.portProblems,
  ];
}

function findPlatformProblem({ platform }: PreflightFacts): string[] {
  if (platform === "linux") return [];
  return [
    `the stack needs Linux, this is "${platform}"; run it on a Linux host or in a Linux virtual machine`,
  ];
}

function findGoProblem({ self, goVersion, toBuild }: PreflightFacts): string[] {
  if (toBuild.length === 0) return [];
  const needed = `Go ${NEEDED_GO.major}.${NEEDED_GO.minor} or newer`;
  const purpose = `to build ${toBuild.join(", ")}`;
  if (goVersion === undefined) {
    return [
      `Go is not installed; expected ${needed} on the PATH ${purpose}; install it from https://go.dev/dl, or use Docker: \`${self} up --mode docker\``,
    ];
  }
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(goVersion) ?? [];
  const isEnough =
    Number(major) > NEEDED_GO.major ||
    (Number(major) === NEEDED_GO.major && Number(minor) >= NEEDED_GO.minor);
  return isEnough
    ? []
    : [`Go is "${goVersion}"; expected ${needed} ${purpose}; update it from https://go.dev/dl`];
}

function findDiskProblems(facts: PreflightFacts): string[] {
  const problems: string[] = [];
  if (facts.dataWritable !== undefined) {
    problems.push(
      `cannot write to "${facts.dataDirectory}": ${facts.dataWritable}; set SIGHTLINE_DATA to a directory that this user may write`,
    );
  } else if (facts.dataFreeBytes < MIN_DATA_FREE_BYTES) {
    problems.push(
      `only ${formatBytes(facts.dataFreeBytes)} free where "${facts.dataDirectory}" is; expected at least ${formatBytes(MIN_DATA_FREE_BYTES)}; free some space or set SIGHTLINE_DATA to a larger disk`,
    );
  }
  if (facts.toBuild.length > 0 && facts.cacheWritable !== undefined) {
    problems.push(
      `cannot write to "${facts.cacheDirectory}", where built servers are kept: ${facts.cacheWritable}; set XDG_CACHE_HOME to a directory that this user may write`,
    );
  } else if (facts.toBuild.length > 0 && facts.cacheFreeBytes < MIN_BUILD_FREE_BYTES) {
    problems.push(
      `only ${formatBytes(facts.cacheFreeBytes)} free where "${facts.cacheDirectory}" is; building the servers for the first time needs ${formatBytes(MIN_BUILD_FREE_BYTES)}, most of it only while building; free some space or set XDG_CACHE_HOME to a larger disk`,
    );
  }
  return problems;
}

export function readGoVersion(): string | undefined {
  const result = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** Free bytes of the file system that holds a path, also where the path itself is not there yet. */
export function readFreeBytes(path: string): number {
  const existing = nearestExisting(path);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}

/** Why a directory cannot be written, or undefined if it can. */
export function readWriteProblem(path: string): string | undefined {
  try {
    makeDirectory(path);
    if (!statSync(path).isDirectory()) return "it is a file";
    accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Why a path cannot be read, or undefined if it can. */
export function readReadProblem(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestExisting(dirname(path));
}
