import type { Io } from "../../src/io.ts";

export interface RecordedIo extends Io {
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** Keeps what a command prints; nobody sits at this terminal. */
export function recordIo(env: NodeJS.ProcessEnv = {}, options: Partial<Io> = {}): RecordedIo {
  let stdout = "";
  let stderr = "";
  return {
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    isTty: false,
    columns: () => 80,
    env,
    ask: async () => undefined,
    ...options,
    stdout: () => stdout,
    stderr: () => stderr,
  };
}
