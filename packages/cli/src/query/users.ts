import { HLL_GROUPS, HLL_REGISTERS, LOKI_METADATA, SESSION_FIELD } from "@sightline/core";
import { quote } from "./logql.ts";

/** Which users are asked for. */
export interface UsersOf {
  /** Session records: a stream selector, with filters behind it. */
  readonly records: string;
  /** Of LogQL, such as `24h` or `$__range`. */
  readonly window: string;
  /** Moves the window: `-1h` looks at what comes after the moment asked for. Default: none. */
  readonly offset?: string;
}

const { userHash, visitorHash, ui, ur } = SESSION_FIELD;

/** Distinct users, exactly; Loki refuses where they are more than its `max_query_series`. */
export function exactUsers(users: UsersOf): string {
  const named = `${users.records} | ${userHash}!=""`;
  return `count(sum by (${userHash}) (count_over_time(${named} ${rangeOf(users)})))`;
}

/** Distinct browsers, whether or not a user is known; exactly. */
export function exactVisitors(visitors: UsersOf): string {
  const named = `${visitors.records} | ${visitorHash}!=""`;
  return `count(sum by (${visitorHash}) (count_over_time(${named} ${rangeOf(visitors)})))`;
}

function rangeOf({ window, offset }: UsersOf): string {
  return offset === undefined ? `[${window}]` : `[${window}] offset ${offset}`;
}

/**
 * Into how many parts users are divided by their hash, each with registers of its own: the standard
 * error becomes smaller and the query longer. No vector in it has more than 256 series, which stays
 * below Loki's stock limit of 500 however many users there are.
 */
export type Parts = 1 | 4;

/** Standard error of the estimate: 6.5 % with one part, 3.25 % with four. Of small numbers it is less. */
export function standardError(parts: Parts): number {
  return 1.04 / Math.sqrt(HLL_REGISTERS * parts);
}

/** A label of the query alone: which part a register is of. */
const PART = "part";

/**
 * Distinct users, estimated by HyperLogLog with LogQL alone; nothing where there is no record.
 * Up to two and a half users per register by linear counting, which for few users is near exact;
 * from there on by the harmonic mean. Source: Flajolet et al., HyperLogLog, 2007, figure 3; the limit
 * is applied to the count of linear counting, whose bias is the smaller one there.
 */
export function estimatedUsers(users: UsersOf, parts: Parts = 1): string {
  const size = HLL_REGISTERS * parts;
  const ranks = Array.from({ length: parts }, (_, part) => ranksOf(users, part, parts)).join(
    " or ",
  );
  const linear = `${size} * ${logarithm(`${size} / (${size} - count(${ranks}))`)}`;
  // An empty register is one of rank 0, whose share is 1.
  const harmonic = `${alphaOf(size) * size * size} / (${size} + sum(0.5 ^ (${ranks}) - 1))`;
  return `(${linear} <= ${2.5 * size}) or ${harmonic}`;
}

/** The rank of each register that has one. */
function ranksOf(users: UsersOf, part: number, parts: Parts): string {
  const chosen = parts === 1 ? "" : ` | ${userHash}=~${quote(hashesOf(part, parts))}`;
  // A record that is not ours must not fail the query.
  const rank = `${users.records}${chosen} | unwrap ${ur} | ${LOKI_METADATA.pipelineError}=""`;
  const ranks = `max by (${ui}) (max_over_time(${rank} ${rangeOf(users)}) by (${ui}))`;
  return parts === 1 ? ranks : `label_replace(${ranks}, "${PART}", "${part}", "", "")`;
}

/** Hashes whose last digit, in which the registers have no part, is in this range. */
function hashesOf(part: number, parts: Parts): string {
  const width = HLL_GROUPS / parts;
  const first = (part * width).toString(16);
  const last = (part * width + width - 1).toString(16);
  return `.{15}[${first}-${last}]`;
}

/** Makes the mean unbiased; figure 3 of the same. */
function alphaOf(size: number): number {
  return 0.7213 / (1 + 1.079 / size);
}

/** LogQL has no logarithm; (x^e - 1) / e is one to six digits where e is as small as this. */
const SMALL = "0.000001";

function logarithm(x: string): string {
  return `(((${x}) ^ ${SMALL} - 1) / ${SMALL})`;
}
