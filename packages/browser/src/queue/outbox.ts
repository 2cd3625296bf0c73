import type { TransportItem } from "@grafana/faro-web-sdk";

/** Which goes first, and which is dropped last when there is no room. */
export const RANKS = ["error", "vital", "event", "console"] as const;

export interface OutboxOptions {
  /** Addresses of `/c/<key>`, the first one that works is kept: a second, same-origin one for blockers. */
  readonly urls: readonly string[];
  /** Names the store; pages of one origin with the same key share one outbox and one sender. */
  readonly key: string;
  /** Bytes that wait on disk. Default 4,000,000. The oldest of the lowest rank goes first, counted. */
  readonly maxBytes?: number;
  /** The page's own, before anything patched it. */
  readonly fetch: typeof fetch;
  /** Told once when a person must act (wrong key or origin, no gateway there): the unpatched console. */
  readonly warn?: (text: string) => void;
}

/** Keeps items until the gateway has them: across reloads, offline spells and killed tabs. */
export interface Outbox {
  /** Never throws, never blocks. Items are redacted and final. */
  add(items: readonly TransportItem[]): void;
  /** Sends what waits; resolves when all that was added before is acknowledged, or the time is over. */
  flush(timeoutMillis: number): Promise<"sent" | "waiting">;
  /** Resolves when all that was added before is in the store (or cannot be). For tests and `pagehide`. */
  stored(): Promise<void>;
  /** Forgets what waits, here and in the store: consent was withdrawn. */
  clear(): Promise<void>;
  stop(): void;
}
