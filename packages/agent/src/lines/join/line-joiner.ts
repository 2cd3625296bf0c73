import type { Clock } from "@sightline/wire";
import type { Line } from "../../sources/line.ts";
import type { GroupBundle } from "../log-entry.ts";
import { createRuleJoiner } from "./rule-joiner.ts";
import { createStartJoiner } from "./start-joiner.ts";

export interface LineJoinerOptions {
  /** Gets every line exactly once, in bundles that are in order. */
  readonly emit: (bundle: GroupBundle) => void;
  readonly clock: Clock;
  /**
   * How long a line waits for the next one, and how far apart by their own time two lines of one
   * group may be. Default 500.
   */
  readonly holdMillis?: number | undefined;
  /** Lines in one group. Past it a new group begins. Default 500. */
  readonly maxLines?: number | undefined;
  /** Bytes in one group as UTF-8, line ends counted. Default 200,000: Loki refuses 256 kB. */
  readonly maxBytes?: number | undefined;
  /**
   * The user's own rule in place of all others: a line that matches begins a record, every other
   * line belongs to the one before it.
   */
  readonly start?: RegExp | undefined;
}

/** Joins the lines of one stream of one source to records. */
export interface LineJoiner {
  push(line: Line): void;
  /** Hands on everything that is held, now and in order: the source died or paused. */
  flush(): void;
}

export interface JoinLimits {
  readonly holdMillis: number;
  readonly maxLines: number;
  readonly maxBytes: number;
}

export function createLineJoiner(options: LineJoinerOptions): LineJoiner {
  const limits: JoinLimits = {
    holdMillis: options.holdMillis ?? 500,
    maxLines: options.maxLines ?? 500,
    maxBytes: options.maxBytes ?? 200_000,
  };
  const { emit, clock, start } = options;
  return start === undefined
    ? createRuleJoiner(limits, clock, emit)
    : createStartJoiner(start, limits, clock, emit);
}
