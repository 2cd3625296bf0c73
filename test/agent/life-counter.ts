import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Written } from "./tally.ts";

/** Folder that the containers see as `/count`; the writer keeps its count of lines there. */
export interface LifeCounters {
  readonly bind: string;
  /** Flag of the writer for this life. */
  flagOf: (life: string) => readonly string[];
  /** Flag of writers that begin together, when {@link begin} is called with the same name. */
  beginFlag: (name: string) => readonly string[];
  begin: (name: string) => void;
  /** What this life has written so far; zeros before its first line. */
  written: (life: string) => Written;
}

export function createLifeCounters(directory: string): LifeCounters {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o777);
  return {
    bind: `${directory}:/count`,
    flagOf: (life) => ["-id", life, "-counter", `/count/${life}`],
    beginFlag: (name) => ["-after", `/count/begin-${name}`],
    begin: (name) => writeFileSync(join(directory, `begin-${name}`), ""),
    written: (life) => {
      const bytes = readCounter(join(directory, life));
      if (bytes === undefined || bytes.length < 16) return { begun: 0, finished: 0 };
      return {
        begun: Number(bytes.readBigUInt64LE(0)),
        finished: Number(bytes.readBigUInt64LE(8)),
      };
    },
  };
}

function readCounter(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
