import type { Attributes, SeverityNumber } from "@sightline/core";
import type { Line, Position, Stream, Time } from "../sources/line.ts";

/** Lines that belong together: a stack with its first line, or one line alone. Never empty. */
export interface LineGroup {
  readonly lines: readonly Line[];
}

/**
 * Groups that are stored together or not at all: where stacks of two threads are woven into each
 * other, reading cannot go on between them. Nearly always one group.
 */
export interface GroupBundle {
  readonly groups: readonly LineGroup[];
  /** Where reading goes on after all of them. */
  readonly position: Position;
}

/** What is known of a group's text. */
export interface ParsedText {
  /** The message of a JSON line, the text itself otherwise; ANSI codes are gone. */
  readonly body: string;
  readonly severityNumber: SeverityNumber;
  /** As the source wrote it; absent where nothing was found. */
  readonly severityText?: string;
  /** 32 and 16 hexadecimal digits. */
  readonly traceId?: string;
  readonly spanId?: string;
  /** Fields of JSON and logfmt lines; `exception.*`, `fp`, `fpx`, `fp_t`, `fp_v` where it is an error. */
  readonly attributes: Attributes;
}

/** One log record on its way to the collector: redacted, within the store's limits. */
export interface LogEntry extends ParsedText {
  readonly time: Time;
  readonly stream?: Stream;
  /** Lines of the source in it; 0 for what the agent itself says. */
  readonly lines: number;
}
