import type { GatewayApp } from "@sightline/core";
import type { Outcome } from "./outcome.ts";

/** How a request ends: what is counted and what is written. */
export interface Answer {
  readonly outcome: Outcome;
  /** Whose key it was; undefined: nobody's. */
  readonly app?: GatewayApp;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly retryAfterSeconds?: number;
}
