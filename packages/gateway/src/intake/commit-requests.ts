import { encodeLogsRequest, type Signal } from "@sightline/wire";

/** What is sent together. */
export interface Gathered {
  /** `LogRecord` messages by their `Resource` message. */
  readonly logs: ReadonlyMap<Uint8Array, readonly Uint8Array[]>;
  /** `ExportTraceServiceRequest` messages. */
  readonly spans: readonly Uint8Array[];
  readonly spanCount: number;
}

/** One request to the collector. */
export interface CommitRequest {
  readonly signal: Signal;
  readonly body: Uint8Array;
  readonly records: number;
}

/** One request's; the collector and Loki take 4 MiB. */
const MAX_REQUEST_BYTES = 2 * 1024 * 1024;
/** Room in it for what stands around the records. */
const AROUND_RECORDS_BYTES = 65_536;
/** Tags and lengths around a record. */
export const AROUND_RECORD_BYTES = 6;
const NO_SCOPE = new Uint8Array(0);

export function toRequests(gathered: Gathered): CommitRequest[] {
  return [...logRequests(gathered), ...traceRequests(gathered)];
}

/** Requests behind one another are one request: all fields of it are lists. */
function logRequests({ logs }: Gathered): CommitRequest[] {
  const requests: CommitRequest[] = [];
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let count = 0;
  const close = (): void => {
    if (count > 0) requests.push({ signal: "logs", body: joined(parts), records: count });
    parts = [];
    bytes = 0;
    count = 0;
  };
  for (const [resource, records] of logs) {
    for (const part of slices(records)) {
      const body = encodeLogsRequest({ resource, scope: NO_SCOPE, records: part });
      if (bytes + body.length > MAX_REQUEST_BYTES) close();
      parts.push(body);
      bytes += body.length;
      count += part.length;
    }
  }
  close();
  return requests;
}

/** Records of one resource in pieces that each fit into a request. */
function slices(records: readonly Uint8Array[]): Uint8Array[][] {
  const pieces: Uint8Array[][] = [];
  let piece: Uint8Array[] = [];
  let bytes = 0;
  for (const record of records) {
    if (bytes + record.length > MAX_REQUEST_BYTES - AROUND_RECORDS_BYTES && piece.length > 0) {
      pieces.push(piece);
      piece = [];
      bytes = 0;
    }
    piece.push(record);
    bytes += record.length + AROUND_RECORD_BYTES;
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

function traceRequests({ spans, spanCount }: Gathered): CommitRequest[] {
  if (spanCount === 0) return [];
  return [{ signal: "traces", body: joined(spans), records: spanCount }];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
