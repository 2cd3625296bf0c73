import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
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
  return readJson<StackState>(path, (value) => Array.isArray(value.servers));
}

export function readJson<T>(path: string, isValid: (value: T) => boolean): T | undefined {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as T;
    return isValid(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: a reader never sees half a file, also after `kill -9`. */
export function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
