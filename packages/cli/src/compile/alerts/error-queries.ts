import { ERROR_FIELD } from "@sightline/core";

const TIME = "fact_time";
/** More new errors at once are told of at the next look. */
const MOST_NEW = 400;

export interface NewErrors {
  /** Selects the records of errors. */
  readonly records: string;
  readonly by: readonly string[];
  /** `5m`: what came in it may be new. */
  readonly window: string;
  /** `7d`, the window included: what came in it before is not. */
  readonly unseen: string;
}

/** How often each new error came. */
export function newErrorQuery(input: NewErrors): string {
  const groups = input.by.join(", ");
  const count = `sum by (${groups}) (${countErrors(input.records, input.window)})`;
  return `${count} and on (${groups}) (${isNewError(input)})`;
}

/**
 * The errors whose first time in the whole span is their first in the window, too. `unless` would say
 * it plainer, but then all errors of the span would count against Loki's `max_query_series` (500 on
 * stock limits): each side of an operator is a query of its own. Here no side has more series than
 * the window has errors, or 400. See log-facts.ts.
 */
export function isNewError({ records, by, window, unseen }: NewErrors): string {
  const groups = by.join(", ");
  const stamped = `${records} | label_format ${TIME}=\`{{ __timestamp__ | unixEpochMillis }}\` | unwrap ${TIME}`;
  const first = (span: string): string => `first_over_time(${stamped} [${span}]) by (${groups})`;
  return `${first(window)} == on (${groups}) topk(${MOST_NEW}, ${first(unseen)})`;
}

/** A record stands for `n` times that the error came; one that does not say so for one. */
export function countErrors(records: string, window: string): string {
  const { n } = ERROR_FIELD;
  return `sum_over_time(${records} | label_format ${n}=\`{{ if .${n} }}{{ .${n} }}{{ else }}1{{ end }}\` | unwrap ${n} [${window}])`;
}
