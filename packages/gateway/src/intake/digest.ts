import type { FaroPayload } from "../faro/faro-payload.ts";
import { itemHash } from "../records/item-hash.ts";
import type { PageFacts } from "../records/page-facts.ts";
import type { Beacon } from "./intake.ts";

/** Two hashes of 32 bits with different starts are as good as one of 64. */
const OTHER_SEED = 0x9e3779b9;

/** The same for a beacon that comes again while its fate is open, and for no other of the same page. */
export function digestOf({ bytes }: Beacon, payload: FaroPayload, facts: PageFacts): string {
  let one = facts.seed;
  let other = facts.seed ^ OTHER_SEED;
  for (const item of payload.items) {
    one = itemHash(one, item);
    other = itemHash(other, item);
  }
  const { service, sessionId = "", userHash = "", visitorHash = "" } = facts;
  return [service, sessionId, userHash, visitorHash, bytes, payload.items.length, one, other].join(
    " ",
  );
}
