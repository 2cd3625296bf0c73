import type { FaroPayload } from "../faro/faro-payload.ts";
import { itemHash } from "../records/item-hash.ts";
import type { PageFacts } from "../records/page-facts.ts";
import type { Beacon } from "./intake.ts";

/** The same for a beacon that comes again while its fate is open, and for no other of the same page. */
export function digestOf({ bytes }: Beacon, payload: FaroPayload, facts: PageFacts): string {
  let hash = facts.seed;
  for (const item of payload.items) hash = itemHash(hash, item);
  const { service, sessionId = "", userHash = "", visitorHash = "" } = facts;
  return [service, sessionId, userHash, visitorHash, bytes, payload.items.length, hash].join(" ");
}
