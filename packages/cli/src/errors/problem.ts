/** One problem: every occurrence of the same error, in one service. */
export interface Problem {
  readonly service: string;
  /** Coarse fingerprint, 16 hexadecimal digits. */
  readonly fp: string;
  /** What happened, without what differs from one time to the next. */
  readonly template: string;
  /** Occurrences. */
  readonly times: number;
  /** Those of them that nobody caught. */
  readonly unhandledTimes: number;
  /** Different users who met it; 0 where nobody is known by name. */
  readonly users: number;
  /** Different browsers that met it. */
  readonly visitors: number;
  /** Unix milliseconds, inside the window that was asked for. */
  readonly firstMillis: number;
  readonly lastMillis: number;
  /** The most hit first. */
  readonly releases: readonly ReleaseCount[];
}

export interface ReleaseCount {
  readonly release: string;
  readonly times: number;
}

/** How many were hit, by the better of the two counts: a person is a visitor too. */
export function peopleOf({ users, visitors }: Problem): number {
  return Math.max(users, visitors);
}

/** What to repair first: by people, then by how often, then by what is newest. */
export function byImpact(a: Problem, b: Problem): number {
  return peopleOf(b) - peopleOf(a) || b.times - a.times || b.lastMillis - a.lastMillis;
}
