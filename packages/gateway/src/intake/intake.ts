import type { GatewayApp } from "@sightline/core";

/** A payload that passed the door: known key, right origin, within every limit, JSON of bounded depth. */
export interface Beacon {
  readonly app: GatewayApp;
  /** As `JSON.parse` gave it; nothing about its shape is known. */
  readonly payload: unknown;
  /** Bytes after decompression. */
  readonly bytes: number;
  /** The gateway's clock, Unix milliseconds. */
  readonly receivedAtMillis: number;
  /** The page's clock when it sent this; undefined where it did not say. */
  readonly sentAtMillis: number | undefined;
}

export type BeaconOutcome =
  /** Everything in it that can be kept is acknowledged by the collector or on disk. */
  | { readonly status: "safe"; readonly items: number; readonly dropped: number }
  /** Nothing in it is a Faro payload; sending it again would not help. */
  | { readonly status: "malformed" }
  /** Could not be made safe now; the page keeps it and comes again. */
  | { readonly status: "busy"; readonly retryAfterSeconds: number };

/** From payloads to records that are safe. */
export interface Intake {
  /** Never rejects. */
  take(beacon: Beacon): Promise<BeaconOutcome>;
  /** Hands over what is in memory and ends. */
  stop(): Promise<void>;
}
