import type { Time } from "../sources/line.ts";
import type { LogDecoder, LogDecoderEvents } from "./log-decoder.ts";
import { createPartJoiner } from "./log-line.ts";
import { createStampReader, isStamp, STAMP_LENGTH } from "./log-time.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Docker's own cut; the rest of the line follows with a stamp of its own and no line end between. */
const PART_BYTES = 16_384;
const MAX_WAITING_BYTES = 1024 * 1024;

/** With a terminal (`docker run -t`): raw bytes, everything is stdout, lines end with CR LF. */
export function createTerminalDecoder({ onLine }: LogDecoderEvents): LogDecoder {
  const joiner = createPartJoiner("stdout");
  const readStamp = createStampReader();
  let rest: Buffer = Buffer.alloc(0);
  let lastTime: Time = [0, 0];

  function takeLine(bytes: Buffer, start: number, end: number): void {
    const stop = end > start && bytes[end - 1] === RETURN ? end - 1 : end;
    let at = start;
    for (;;) {
      const time = readStamp(bytes, at, stop);
      if (time !== undefined) at += STAMP_LENGTH;
      lastTime = time ?? lastTime;
      const cut = at + PART_BYTES;
      const isPart = cut < stop && isStamp(bytes, cut, stop);
      const line = joiner.add(lastTime, bytes, at, isPart ? cut : stop, !isPart);
      if (line !== undefined) onLine(line);
      if (!isPart) return;
      at = cut;
    }
  }

  return {
    push(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let start = 0;
      for (;;) {
        const end = bytes.indexOf(NEWLINE, start);
        if (end < 0) break;
        takeLine(bytes, start, end);
        start = end + 1;
      }
      rest = bytes.subarray(start);
      if (rest.length > MAX_WAITING_BYTES) {
        takeLine(rest, 0, rest.length);
        rest = Buffer.alloc(0);
      }
      return undefined;
    },
    end() {
      if (rest.length > 0) takeLine(rest, 0, rest.length);
      rest = Buffer.alloc(0);
      return undefined;
    },
  };
}
