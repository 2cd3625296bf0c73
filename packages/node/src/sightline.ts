import type { FlushResult } from "@sightline/wire";
import type { NodeConfig } from "./config/node-config.ts";

/** What `start()` gives back. */
export type Sightline = {
  /** The settings in force, merged from code, environment and defaults. */
  readonly config: NodeConfig;
  /**
   * Waits until everything recorded so far is acknowledged, at most `timeoutMillis` (default:
   * `flushTimeoutMillis`). Never rejects.
   */
  flush(timeoutMillis?: number): Promise<FlushResult>;
  /**
   * Flushes and ends: no more signals, patches become pass-throughs. What could not be sent waits in
   * the spool for the next start, which is `spooled` in the answer and comes at once where the
   * receiver is known to be away. Never rejects; a second call gives the first one's answer.
   */
  shutdown(timeoutMillis?: number): Promise<FlushResult>;
};
