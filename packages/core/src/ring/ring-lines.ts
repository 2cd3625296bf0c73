import { ATTRIBUTE } from "../conventions.ts";
import { type DecodedRecord, decodeLogRecord } from "../otlp/decode-record.ts";
import type { CrashLine } from "../records/crash-body.ts";
import { SEVERITY } from "../severity/severity.ts";
import type { RingFrame } from "./ring-content.ts";
import { formatUtc } from "./ring-time.ts";

/** A line as the ring has it. */
export interface RingLine {
  readonly number: number;
  readonly record: DecodedRecord;
}

const MAX_LINES = 200;
/** One line takes no more than this: the lines around it matter too. */
const MAX_LINE_CHARACTERS = 16_384;

/** The newest lines, oldest first; records of other kinds (`error`, `session`) are left out. */
export function readLastLines(
  frames: readonly RingFrame[],
  maxLines: number = MAX_LINES,
): RingLine[] {
  const lines: RingLine[] = [];
  for (let at = frames.length - 1; at >= 0 && lines.length < maxLines; at -= 1) {
    const { number, payload } = frames[at] as RingFrame;
    const record = decodeLogRecord(payload);
    if (record === undefined || (record.attributes[ATTRIBUTE.kind] ?? "log") !== "log") continue;
    lines.push({ number, record });
  }
  return lines.reverse();
}

/** Unix milliseconds of the newest record. */
export function lastLineAt({
  frames,
}: {
  readonly frames: readonly RingFrame[];
}): number | undefined {
  const payload = frames.at(-1)?.payload;
  return payload && decodeLogRecord(payload)?.timeUnixMillis;
}

/** A logger has no streams: what it wrote as an error counts as `stderr`. */
export function toCrashLine({ record }: RingLine): CrashLine {
  const { body, severityText, severityNumber, timeUnixMillis } = record;
  const cut = body.slice(0, MAX_LINE_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
  const more = cut.length < body.length ? ` [${body.length - cut.length} characters cut]` : "";
  return {
    time: formatUtc(timeUnixMillis),
    stream: severityNumber >= SEVERITY.ERROR ? "stderr" : "stdout",
    text: `${severityText === "" ? "" : `${severityText}: `}${cut}${more}`,
  };
}
