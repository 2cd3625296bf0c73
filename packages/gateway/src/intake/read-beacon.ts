import type { FaroPayload } from "../faro/faro-payload.ts";
import type { Masking } from "../faro/masking.ts";
import { readPayload } from "../faro/read-payload.ts";
import { type ReadSpans, readSpans } from "../traces/read-spans.ts";
import type { Beacon } from "./intake.ts";

/** What was read of a beacon. */
export interface BeaconContent {
  readonly payload: FaroPayload;
  readonly traces: ReadSpans;
  /** Items and spans. */
  readonly taken: number;
  /** Left out: no items, or beyond the limits. */
  readonly leftOut: number;
}

/** Undefined where nothing in it is Faro's. */
export function readBeacon(
  { payload: value }: Beacon,
  masking: Masking,
): BeaconContent | undefined {
  const payload = readPayload(value, masking);
  if (payload === undefined) return undefined;
  const traces = readSpans(payload.resourceSpans, masking);
  return {
    payload,
    traces,
    taken: payload.items.length + traces.spans.length,
    leftOut: payload.malformed + payload.overLimit + traces.malformed + traces.overLimit,
  };
}
