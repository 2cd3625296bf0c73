import { randomInt } from "node:crypto";

/** Which line of which run of the canary. */
export interface CanaryMark {
  readonly run: string;
  /** 1, 2, 3, … within a run. */
  readonly number: number;
}

/**
 * Letters alone: a row of digits could be taken for a card or phone number on the way, and masked.
 */
const RUN_LETTERS = 12;
const MARK = /sightline canary ([a-z]{12}) (\d{1,12})(?!\d)/;

export function createRunId(): string {
  const letters = Array.from({ length: RUN_LETTERS }, () =>
    String.fromCharCode(97 + randomInt(26)),
  );
  return letters.join("");
}

/** What all lines of a run hold, whatever is made of them on the way. */
export function markOfRun(run: string): string {
  return `sightline canary ${run} `;
}

/** A line as it is printed, with its end: JSON with a time, a level and a message. */
export function formatCanaryLine({ run, number }: CanaryMark, unixMillis: number): string {
  const time = new Date(unixMillis).toISOString();
  return `${JSON.stringify({ time, level: "info", message: markOfRun(run) + number })}\n`;
}

/**
 * Reads a stored line. The mark is looked for in the text, so it is found where the shipper kept the
 * JSON as it was, and where it kept the message alone.
 */
export function parseCanaryLine(text: string): CanaryMark | undefined {
  const [, run, digits] = MARK.exec(text) ?? [];
  const number = Number(digits);
  return run === undefined || number === 0 ? undefined : { run, number };
}
