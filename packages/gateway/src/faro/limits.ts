/** How much of one payload is taken. What is beyond is cut with a mark, or left out and counted. */
export const FARO_LIMITS = {
  /** Items of all kinds; a page that queued for days sends several payloads. */
  items: 1_000,
  spans: 200,
  /** Characters of a line. */
  message: 65_536,
  exceptionMessage: 8_192,
  /** Characters of what is one of few: a name, a version, a rating. */
  name: 128,
  /** Characters of a value that a page names as it likes. */
  value: 1_024,
  url: 2_048,
  frames: 100,
  causes: 5,
  /** Characters of a cause's stack. */
  stack: 16_384,
  trailSteps: 50,
  /** Characters of one step. */
  trailText: 200,
  componentStack: 4_096,
  contextEntries: 32,
  /** An id of a user longer than this is a token or a document. */
  userId: 1_024,
  /** How many occurrences one exception may say that it stands for. */
  occurrences: 10_000,
} as const;
