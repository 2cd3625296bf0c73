import type { QueryResult } from "./http-json.ts";
import { type LogEntry, queryLines } from "./loki.ts";

/** Loki's upper bound for one answer on stock limits (`max_entries_limit_per_query`). */
export const PAGE_LINES = 5_000;
/** What a page is cut down to, step by step, where its lines are too long for one answer. */
const SMALLER_BY = 10;

export interface PageQuery {
  readonly lokiUrl: string;
  readonly query: string;
  readonly startNanos: bigint;
  /** Exclusive. */
  readonly endNanos: bigint;
  readonly direction: "forward" | "backward";
  readonly pageLines?: number;
}

export interface LinePage {
  /** In the order of the direction asked for. */
  readonly entries: readonly LogEntry[];
  /** More lines share one nanosecond than fit on a page: some of them cannot be shown. */
  readonly isCrowded: boolean;
}

type PageResult = Exclude<QueryResult<unknown>, { status: "ok" }> | undefined;

/**
 * Lines page by page; ends with what went wrong, or undefined. A page ends between two nanoseconds
 * and never inside one: other lines may share the last one's, and Loki cannot go on in the middle.
 */
export async function* readPages(range: PageQuery): AsyncGenerator<LinePage, PageResult> {
  let { startNanos, endNanos, pageLines = PAGE_LINES } = range;
  while (startNanos < endNanos) {
    const result = await readFittingPage({ ...range, startNanos, endNanos, pageLines });
    if (result.status !== "ok") return result;
    // Neighbours of long lines tend to be long too.
    pageLines = result.value.limit;
    const { entries, isFull } = result.value;
    const last = entries.at(-1)?.timeNanos;
    if (!isFull || last === undefined) {
      yield { entries, isCrowded: false };
      return undefined;
    }
    const whole = entries.filter((entry) => entry.timeNanos !== last);
    const isCrowded = whole.length === 0;
    yield { entries: isCrowded ? entries : whole, isCrowded };
    if (range.direction === "backward") endNanos = BigInt(last) + (isCrowded ? 0n : 1n);
    else startNanos = BigInt(last) + (isCrowded ? 1n : 0n);
  }
  return undefined;
}

async function readFittingPage(
  range: PageQuery & { readonly pageLines: number },
): Promise<QueryResult<{ entries: LogEntry[]; isFull: boolean; limit: number }>> {
  const { lokiUrl, query, startNanos, endNanos, direction, pageLines } = range;
  for (let limit = pageLines; ; limit = Math.ceil(limit / SMALLER_BY)) {
    const asked = { query, startNanos, endNanos, limit, direction };
    const result = await queryLines(lokiUrl, asked);
    if (result.status === "too-large" && limit > 1) continue;
    if (result.status !== "ok") return result;
    const isFull = result.value.length >= limit;
    return { status: "ok", value: { entries: result.value, isFull, limit } };
  }
}
