/** What is wrong inside of one query. Offsets are those of the query's text. */
export interface QueryProblem {
  /** A row of checks.ts. */
  readonly check: string;
  readonly message: string;
  readonly advice?: string;
  readonly from: number;
  readonly to: number;
}

/**
 * What a query is for: `raw` is a whole alert expression, its condition included; `value` gives the
 * number that is compared or recorded; `lines` selects lines of logs.
 */
export type QueryRole = "raw" | "value" | "lines";
