import type { DockerClient, LogQuery } from "./docker-client.ts";
import { createFramedDecoder } from "./log-decoder.ts";
import type { RawLine } from "./log-line.ts";
import { createTerminalDecoder } from "./terminal-decoder.ts";

/** How one reading of a log ended. */
export type ReadEnd =
  /** The container has ended, or its log was read to its present end: all lines were handed on. */
  | { readonly status: "ended" }
  /** There is no such container any more. */
  | { readonly status: "absent" }
  /** The connection or the engine failed; the rest is to be read again. */
  | { readonly status: "broken"; readonly message: string }
  | { readonly status: "aborted" };

export interface ReadLogOptions {
  readonly client: DockerClient;
  readonly id: string;
  readonly hasTerminal: boolean;
  readonly query: LogQuery;
  readonly signal: AbortSignal;
  onLine(line: RawLine): void;
  /** After each piece of the answer: a promise makes the reading wait. */
  afterChunk?(): Promise<void> | undefined;
}

/** Reads a container's log over one connection, to its end or until it breaks. Never rejects. */
export async function readLog(options: ReadLogOptions): Promise<ReadEnd> {
  const { client, id, signal } = options;
  const answer = await client.logs(id, options.query, signal);
  if (signal.aborted) {
    if (answer.status === "ok") answer.value.destroy();
    return { status: "aborted" };
  }
  if (answer.status === "absent") return { status: "absent" };
  if (answer.status === "failed") return { status: "broken", message: answer.message };

  let daemonError: string | undefined;
  const events = {
    onLine: options.onLine,
    onDaemonError(text: string): void {
      daemonError = text;
    },
  };
  const decoder = options.hasTerminal ? createTerminalDecoder(events) : createFramedDecoder(events);
  try {
    for await (const chunk of answer.value as AsyncIterable<Buffer>) {
      const fault = decoder.push(chunk);
      if (fault !== undefined) return { status: "broken", message: fault };
      const wait = options.afterChunk?.();
      if (wait !== undefined) await wait;
    }
  } catch (error) {
    if (signal.aborted) return { status: "aborted" };
    return { status: "broken", message: error instanceof Error ? error.message : String(error) };
  }
  const fault = decoder.end();
  if (fault !== undefined) return { status: "broken", message: fault };
  if (daemonError !== undefined) return { status: "broken", message: daemonError };
  return { status: "ended" };
}
