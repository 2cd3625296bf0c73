import type { IncomingMessage } from "node:http";
import type { ApiResult } from "./docker-client.ts";
import { createFramedDecoder, type LogDecoder, type LogDecoderEvents } from "./log-decoder.ts";
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
  /** The engine itself cannot read on from there, however often it is asked. */
  | { readonly status: "damaged"; readonly message: string }
  /** Its log driver keeps nothing that could be read. */
  | { readonly status: "unreadable"; readonly message: string }
  | { readonly status: "aborted" };

export interface ReadLogOptions {
  /** Of `client.logs`. */
  readonly opening: Promise<ApiResult<IncomingMessage>>;
  /** Breaks the reading off. */
  readonly signal: AbortSignal;
  onLine(line: RawLine): void;
  /** After each piece of the answer: a promise makes the reading wait. */
  afterChunk?(): Promise<void> | undefined;
}

/** Reads a container's log over one connection, to its end or until it breaks. Never rejects. */
export async function readLog(options: ReadLogOptions): Promise<ReadEnd> {
  const { signal } = options;
  const answer = await options.opening;
  if (signal.aborted) {
    if (answer.status === "ok") answer.value.destroy();
    return { status: "aborted" };
  }
  if (answer.status === "absent") return { status: "absent" };
  if (answer.status === "failed") {
    const isUnreadable = answer.httpStatus === NOT_IMPLEMENTED;
    return { status: isUnreadable ? "unreadable" : "broken", message: answer.message };
  }

  let daemonError: string | undefined;
  const events = {
    onLine: options.onLine,
    onDaemonError(text: string): void {
      daemonError = text;
    },
  };
  const decoder = createLogDecoder(events);
  try {
    answer.value.on("error", () => {});
    const stop = (): unknown => answer.value.destroy();
    signal.addEventListener("abort", stop, { once: true });
    answer.value.on("close", () => signal.removeEventListener("abort", stop));
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
  if (daemonError !== undefined) return { status: "damaged", message: daemonError };
  return { status: "ended" };
}

/** What the engine answers for a log driver that cannot be read. */
const NOT_IMPLEMENTED = 501;

/** Of a frame's head: the kind of its stream, 0 to 3. The stamps of a terminal begin with a digit. */
const MAX_FRAME_KIND = 3;

/** Only newer engines say which of the two forms they send; the first byte tells it everywhere. */
function createLogDecoder(events: LogDecoderEvents): LogDecoder {
  let decoder: LogDecoder | undefined;
  return {
    push(chunk) {
      decoder ??=
        (chunk[0] ?? 0) > MAX_FRAME_KIND
          ? createTerminalDecoder(events)
          : createFramedDecoder(events);
      return decoder.push(chunk);
    },
    end: () => decoder?.end(),
  };
}
