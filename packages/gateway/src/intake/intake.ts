import type { GatewayApp, GatewayConfig } from "@sightline/core";
import type { StackResolver } from "@sightline/source-maps";
import type { Clock, Delivery, UserKey } from "@sightline/wire";
import type { MetricResource, MetricStore } from "@sightline/wire/metrics";

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

/** What `createIntake` is given; the gateway makes and ends the delivery and the store. */
export interface IntakeOptions {
  /** As it was at the start. What may change without a restart comes with each beacon's app. */
  readonly config: GatewayConfig;
  /** `host.name` of what it forwards. */
  readonly hostName: string;
  /** `<mapsFolder>/<service>/<debugId>.map`. */
  readonly mapsFolder: string;
  /** Default: one of its own over `mapsFolder`. It is closed with the intake. */
  readonly resolver?: StackResolver | undefined;
  readonly userKey: UserKey;
  readonly delivery: Delivery;
  readonly store: MetricStore;
  /** Of metrics about an app's service; the same object for the same service. */
  resourceOf(service: string): MetricResource;
  readonly clock: Clock;
  /** Past this a beacon that is not safe is told to come again. Default 10,000. */
  readonly timeoutMillis?: number | undefined;
  /** A line for whoever runs the gateway; never with a secret or with a client's text. */
  log(text: string): void;
}
