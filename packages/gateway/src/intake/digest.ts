import { itemHash } from "../records/item-hash.ts";
import type { PageFacts } from "../records/page-facts.ts";
import { hashText } from "../records/text-hash.ts";
import type { Beacon } from "./intake.ts";
import type { BeaconContent } from "./read-beacon.ts";

/** The same for a beacon that comes again while its fate is open, and for no other of the same page. */
export function digestOf(
  { bytes }: Beacon,
  { payload, traces }: Pick<BeaconContent, "payload" | "traces">,
  facts: PageFacts,
): string {
  let hash = facts.seed;
  for (const item of payload.items) hash = itemHash(hash, item);
  // Beacons of spans alone have one size: nothing but their ids tells them apart.
  for (const { spanId } of traces.spans) hash = hashText(hash, spanId);
  const { service, sessionId = "", userHash = "", visitorHash = "" } = facts;
  return [service, sessionId, userHash, visitorHash, bytes, payload.items.length, hash].join(" ");
}
