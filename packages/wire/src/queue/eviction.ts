import { SEVERITY } from "@sightline/core";
import type { BatchFacts } from "../batch.ts";

/**
 * What goes first when room is short, on the scale of severity numbers; the lowest goes first, and
 * the oldest within one rank. Metrics are cumulative, so a newer point makes up for a lost one.
 */
function evictionRank(facts: BatchFacts): number {
  if (facts.signal === "traces") return SEVERITY.DEBUG;
  if (facts.signal === "metrics") return SEVERITY.INFO;
  return facts.severityNumber === 0 ? SEVERITY.INFO : facts.severityNumber;
}

/**
 * Chooses what to drop until `bytesToFree` are free. `candidates` come oldest first; those with the
 * same rank go in that order. Returns fewer bytes only if there is nothing left to choose.
 */
export function planEviction<T extends BatchFacts>(
  candidates: Iterable<T>,
  bytesToFree: number,
  bytesOf: (candidate: T) => number,
): T[] {
  const byRank = new Map<number, T[]>();
  for (const candidate of candidates) {
    const rank = evictionRank(candidate);
    const peers = byRank.get(rank);
    if (peers) peers.push(candidate);
    else byRank.set(rank, [candidate]);
  }
  const victims: T[] = [];
  let freed = 0;
  for (const rank of [...byRank.keys()].sort((a, b) => a - b)) {
    for (const candidate of byRank.get(rank) ?? []) {
      if (freed >= bytesToFree) return victims;
      victims.push(candidate);
      freed += bytesOf(candidate);
    }
  }
  return victims;
}
