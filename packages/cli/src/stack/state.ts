import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../failure.ts";
import { makeDirectory } from "./directory.ts";
import type { ProcessRef } from "./process.ts";

export type ServerStatus =
  /** Waits for the servers it needs. */
  | "waiting"
  /** Runs, has not answered its health check yet. */
  | "starting"
  | "healthy"
  /** Ran well, does not answer now. */
  | "unhealthy"
  /** Died; a restart is due. */
  | "restarting"
  /** Died before it was ever healthy; not tried again until the next `up`. */
  | "failed"
  | "stopped";

export interface ExitRecord {
  readonly atUnixMillis: number;
  /** Null where a signal ended it, or where the process was adopted and nobody saw its code. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly logTail: readonly string[];
}

export interface ServerState {
  readonly name: string;
  readonly status: ServerStatus;
  readonly process?: ProcessRef;
  readonly digest: string;
  readonly logFile: string;
  readonly restarts: number;
  readonly lastExit?: ExitRecord;
}

export interface StackState {
  readonly supervisor: ProcessRef;
  readonly generation: string;
  readonly servers: readonly ServerState[];
}

/** Undefined where no stack was ever started, or the file is not one of ours. */
export function readState(path: string): StackState | undefined {
  return readJson<StackState>(
    path,
    ({ servers, supervisor }) =>
      typeof supervisor?.pid === "number" &&
      Array.isArray(servers) &&
      servers.every(({ name, status }) => typeof name === "string" && typeof status === "string"),
  );
}

/**
 * Undefined where the file is not there or holds something else. A file that may not be read is told
 * to the user: taken for "not there", it would make a running stack of another user look stopped.
 */
export function readJson<T>(path: string, isValid: (value: T) => boolean): T | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as T;
    return isValid(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new Failure(`cannot read "${path}": ${code}; expected a file of this user`, {
      advice: ["run the command as the user who started the stack, or set SIGHTLINE_DATA"],
    });
  }
}

/** Whole or not at all: a reader never sees half a file, also after `kill -9`. */
export function writeJson(path: string, value: unknown): void {
  makeDirectory(dirname(path));
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
