import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import type { Delivery } from "../delivery.ts";
import type {
  CollectableMetricStore,
  CollectedInstrument,
  CollectedResource,
} from "./create-metric-store.ts";
import { toResourceMetrics } from "./to-otlp.ts";

export interface ExportOptions {
  readonly nowMillis?: number;
  /** Largest body before compression; Loki's and most proxies' limits are 4 MiB. */
  readonly maxBodyBytes?: number;
}

/** Points of one resource that are serialized at once; more would come close to the limit. */
const MAX_POINTS = 2_000;
const MAX_BODY_BYTES = 3.5 * 1024 * 1024;

/**
 * Collects and hands over. The resources of many services share a request: OTLP's requests are
 * repeated fields, so that one after the other, their bytes are the request of both.
 *
 * @returns data points that were handed over.
 */
export function exportMetrics(
  store: CollectableMetricStore,
  delivery: Pick<Delivery, "enqueue" | "countDropped">,
  options: ExportOptions = {},
): number {
  const nowMillis = options.nowMillis ?? Date.now();
  const maxBodyBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
  const collected = store.collect();
  let waiting: Piece[] = [];
  let waitingBytes = 0;
  let exported = 0;

  function handOver(): void {
    if (waiting.length === 0) return;
    const records = waiting.reduce((sum, piece) => sum + piece.points, 0);
    const body = Buffer.concat(waiting.map((piece) => piece.body));
    delivery.enqueue({
      signal: "metrics",
      body,
      records,
      severityNumber: 0,
      createdUnixMillis: nowMillis,
    });
    exported += records;
    waiting = [];
    waitingBytes = 0;
  }

  function add(part: CollectedResource): void {
    const points = countPoints(part);
    if (points === 0) return;
    const body =
      points > MAX_POINTS
        ? undefined
        : ProtobufMetricsSerializer.serializeRequest(
            toResourceMetrics(part, store.scope, nowMillis),
          );
    if (body === undefined || body.length > maxBodyBytes) {
      if (points === 1) delivery.countDropped("metrics", "too_large", 1);
      else for (const half of halve(part, points)) add(half);
      return;
    }
    if (waitingBytes + body.length > maxBodyBytes) handOver();
    waiting.push({ body, points });
    waitingBytes += body.length;
  }

  for (const resource of collected) add(resource);
  handOver();
  return exported;
}

interface Piece {
  readonly body: Uint8Array;
  readonly points: number;
}

function countPoints({ instruments }: CollectedResource): number {
  return instruments.reduce((sum, { series }) => sum + series.length, 0);
}

function halve({ resource, instruments }: CollectedResource, points: number): CollectedResource[] {
  const middle = points >> 1;
  const left: CollectedInstrument[] = [];
  const right: CollectedInstrument[] = [];
  let seen = 0;
  for (const { name, series } of instruments) {
    const cut = Math.min(Math.max(middle - seen, 0), series.length);
    if (cut > 0) left.push({ name, series: series.slice(0, cut) });
    if (cut < series.length) right.push({ name, series: series.slice(cut) });
    seen += series.length;
  }
  return [
    { resource, instruments: left },
    { resource, instruments: right },
  ];
}
