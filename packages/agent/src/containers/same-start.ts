/** The start event and the state of a container name the same start a moment apart. */
export const SAME_START_MILLIS = 2_000;

export interface StartFacts {
  readonly startedUnixMillis: number;
  readonly end?: { readonly unixMillis: number } | undefined;
}

/** Whether a start at this time is the one that is known. Nothing starts again before it has ended. */
export function isSameStart(known: StartFacts, startedUnixMillis: number): boolean {
  return (
    Math.abs(known.startedUnixMillis - startedUnixMillis) < SAME_START_MILLIS &&
    startedUnixMillis <= (known.end?.unixMillis ?? Infinity)
  );
}
