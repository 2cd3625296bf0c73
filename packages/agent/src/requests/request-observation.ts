/** One request that a server answered. */
export interface RequestObservation {
  /** Whose request it is: the service that wrote the line, or the one it was split to. */
  readonly service: string;
  /** Known to HTTP, or `_OTHER`. */
  readonly method: string;
  /** Absent where the client left before there was an answer. */
  readonly status?: number;
  /** A template, `_other`, or absent: nothing in the service answers to that path. */
  readonly route?: string;
  /** Absent where the line has no duration. */
  readonly seconds?: number;
  readonly scheme?: "http" | "https";
}
