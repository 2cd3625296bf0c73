import type { LogRecord } from "@opentelemetry/api";
import { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { ATTRIBUTE, type DropReason } from "@sightline/core";
import type { LogEntry } from "../lines/log-entry.ts";
import type { Identity } from "../sources/identity.ts";
import type { OpenStep } from "./open-batch.ts";

/** An entry with what decides on its resource and its account. */
export interface OwnedEntry {
  readonly entry: LogEntry;
  readonly identity: Identity;
  /** What its lines are counted on; absent for what the agent itself says. */
  readonly step: OpenStep | undefined;
}

/** One export request and the entries in it. */
export interface LogRequest {
  readonly body: Uint8Array;
  readonly entries: readonly OwnedEntry[];
}

export interface SerializedEntries {
  readonly requests: readonly LogRequest[];
  readonly lost: readonly { readonly owned: OwnedEntry; readonly reason: DropReason }[];
}

/** Loki and most proxies take 4 MiB. */
const MAX_BODY_BYTES = 3.5 * 1024 * 1024;
/** No scope: Loki would store its name with every line. */
const SCOPE = { name: "" };

const resources = new WeakMap<Identity, Resource>();

/** Entries as OTLP, in order, in requests of at most `maxBytes`. Only what cannot be sent alone is lost. */
export function serializeEntries(
  entries: readonly OwnedEntry[],
  maxBytes: number = MAX_BODY_BYTES,
): SerializedEntries {
  const requests: LogRequest[] = [];
  const lost: { owned: OwnedEntry; reason: DropReason }[] = [];

  function add(part: readonly OwnedEntry[]): void {
    const [first] = part;
    if (!first) return;
    const body = trySerialize(part);
    if (body && body.length <= maxBytes) requests.push({ body, entries: part });
    else if (part.length === 1) {
      lost.push({ owned: first, reason: body ? "too_large" : "serialization_failed" });
    } else {
      const middle = part.length >> 1;
      add(part.slice(0, middle));
      add(part.slice(middle));
    }
  }

  add(entries);
  return { requests, lost };
}

/** About the bytes of an entry in a request: exact for its texts. */
export function estimateBytes(entry: LogEntry): number {
  let bytes = 64 + Buffer.byteLength(entry.body);
  for (const [key, value] of Object.entries(entry.attributes)) {
    bytes += 8 + key.length + (typeof value === "string" ? Buffer.byteLength(value) : 8);
  }
  return bytes;
}

function trySerialize(entries: readonly OwnedEntry[]): Uint8Array | undefined {
  try {
    return ProtobufLogsSerializer.serializeRequest(entries.map(toRecord));
  } catch {
    return undefined;
  }
}

function toRecord({ entry, identity }: OwnedEntry): ReadableLogRecord {
  // As the pair it is: milliseconds would give several lines one time, and Loki drops equal ones.
  const time: [number, number] = [entry.time[0], entry.time[1]];
  return {
    hrTime: time,
    // Equal to the time, because Loki stores it: a line sent twice must be the same twice.
    hrTimeObserved: time,
    severityNumber: entry.severityNumber as NonNullable<LogRecord["severityNumber"]>,
    ...(entry.severityText === undefined ? {} : { severityText: entry.severityText }),
    ...(entry.traceId === undefined
      ? {}
      : { spanContext: { traceId: entry.traceId, spanId: entry.spanId ?? "", traceFlags: 0 } }),
    body: entry.body,
    attributes: attributesOf(entry),
    droppedAttributesCount: 0,
    resource: resourceOf(identity),
    instrumentationScope: SCOPE,
  };
}

function attributesOf(entry: LogEntry): ReadableLogRecord["attributes"] {
  return {
    [ATTRIBUTE.kind]: "log",
    ...entry.attributes,
    ...(entry.stream === undefined ? {} : { [ATTRIBUTE.logIostream]: entry.stream }),
  };
}

/** One object per identity: the serializer groups by it. */
function resourceOf(identity: Identity): Resource {
  const known = resources.get(identity);
  if (known) return known;
  const resource = resourceFromAttributes({ ...identity.resource });
  resources.set(identity, resource);
  return resource;
}
