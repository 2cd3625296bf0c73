import { createHash } from "node:crypto";
import type { StackChoice } from "./files/stack-file.ts";

/** `.sightline/init.json`: what the last `init` was told and wrote, so that the next knows its own. */
export interface Stamp {
  readonly version: string;
  readonly choice: StackChoice;
  /** Compose files that were named by `--file`; empty: found by itself. */
  readonly composeFiles: readonly string[];
  /** SHA-256 of each file as it was written, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** What was being replaced when it was interrupted: the hashes from before. */
  readonly replacing?: Readonly<Record<string, string>>;
}

export const STAMP_PATH = ".sightline/init.json";

export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Undefined where it is not one of ours: then every file that differs counts as edited. */
export function parseStamp(text: string): Stamp | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isHashes(value["files"]) || !isChoice(value["choice"])) return undefined;
  const { version, choice, files, replacing, composeFiles } = value;
  return {
    version: typeof version === "string" ? version : "",
    choice,
    composeFiles: Array.isArray(composeFiles)
      ? composeFiles.filter((path): path is string => typeof path === "string")
      : [],
    files,
    ...(isHashes(replacing) && { replacing }),
  };
}

export function renderStamp(stamp: Stamp): string {
  return `${JSON.stringify(stamp, null, 2)}\n`;
}

export function isAsWritten(stamp: Stamp | undefined, path: string, text: string): boolean {
  const hash = hashText(text);
  return stamp?.files[path] === hash || stamp?.replacing?.[path] === hash;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHashes(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((hash) => typeof hash === "string");
}

function isChoice(value: unknown): value is StackChoice {
  if (!isObject(value)) return false;
  return (
    value["kind"] === "stack" ||
    (value["kind"] === "agent-only" && typeof value["otlpUrl"] === "string")
  );
}
