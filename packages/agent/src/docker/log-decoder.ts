import type { Time } from "../sources/line.ts";
import { createFrameReader } from "./log-frames.ts";
import { createPartJoiner, type RawLine, textEnd } from "./log-line.ts";
import { createStampReader, STAMP_LENGTH } from "./log-time.ts";

/** Turns the bytes of `GET /containers/<id>/logs?timestamps=true` into lines. */
export interface LogDecoder {
  /** @returns what is wrong with the stream; it must be opened anew then. */
  push(chunk: Buffer): string | undefined;
  /** Nothing more comes: hands on lines without an end. Undefined unless the stream broke off. */
  end(): string | undefined;
}

export interface LogDecoderEvents {
  onLine(line: RawLine): void;
  /** The daemon could not read the log; the text is its own. */
  onDaemonError(text: string): void;
}

/** Without a terminal: one frame for each message, parts told by the missing line end. */
export function createFramedDecoder({ onLine, onDaemonError }: LogDecoderEvents): LogDecoder {
  const joiners = { stdout: createPartJoiner("stdout"), stderr: createPartJoiner("stderr") };
  const readStamp = createStampReader();
  let lastTime: Time = [0, 0];

  const frames = createFrameReader((kind, bytes, start, end) => {
    if (kind === "daemon") return onDaemonError(bytes.toString("utf8", start, end).trim());
    const time = readStamp(bytes, start, end);
    // Every message has a stamp; if one had none, its text would still be worth more than its time.
    const textStart = time === undefined ? start : start + STAMP_LENGTH;
    lastTime = time ?? lastTime;
    const text = textEnd(bytes, textStart, end);
    const line = joiners[kind].add(lastTime, bytes, textStart, text.end, text.isEnd);
    if (line !== undefined) onLine(line);
  });

  return {
    push: (chunk) => frames.push(chunk),
    end() {
      if (frames.isInsideFrame()) return "the answer broke off inside a message";
      for (const joiner of [joiners.stdout, joiners.stderr]) {
        const line = joiner.end();
        if (line !== undefined) onLine(line);
      }
      return undefined;
    },
  };
}
