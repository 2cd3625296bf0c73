import type { DropReason } from "@sightline/core";
import type { Signal } from "../batch.ts";
import type { Delivery } from "../delivery.ts";
import { serializeSplit } from "./serialize-split.ts";

export interface HandOverOptions<T> {
  readonly delivery: Delivery;
  readonly signal: Signal;
  readonly nowUnixMillis: number;
  serialize(records: T[]): Uint8Array | undefined;
  severityNumberOf(record: T): number;
}

/** Serializes records and gives them to the delivery; what cannot be serialized is counted there. */
export function handOver<T>(records: readonly T[], options: HandOverOptions<T>): void {
  const { delivery, signal } = options;
  const { pieces, dropped } = serializeSplit(records, options.serialize);
  for (const piece of pieces) {
    delivery.enqueue({
      signal,
      body: piece.body,
      records: piece.records.length,
      severityNumber: highestSeverity(piece.records, options),
      createdUnixMillis: options.nowUnixMillis,
    });
  }
  for (const [reason, count] of Object.entries(dropped)) {
    delivery.countDropped(signal, reason as DropReason, count);
  }
}

function highestSeverity<T>(records: readonly T[], options: HandOverOptions<T>): number {
  return records.reduce(
    (highest, record) => Math.max(highest, options.severityNumberOf(record)),
    0,
  );
}
