/** One thing that is wrong with the settings. */
export interface ConfigFault {
  /** Path of the file, or name of the environment variable. */
  readonly source: string;
  /** Counted from 1; only for faults inside the file. */
  readonly line?: number;
  readonly column?: number;
  /** `rateLimit.linesPerSecond`, `files[2].glob`; empty where it is about the whole file. */
  readonly key: string;
  /** What was expected and what was found. Never repeats a secret. */
  readonly message: string;
}

/** `/etc/sightline/agent.json:12:5 port: expected …`, which editors and terminals can open. */
export function formatFault({ source, line, column, key, message }: ConfigFault): string {
  const place = line === undefined ? source : `${source}:${line}:${column ?? 1}`;
  return key === "" ? `${place}: ${message}` : `${place} ${key}: ${message}`;
}
