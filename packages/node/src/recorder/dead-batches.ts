import {
  ATTRIBUTE,
  type Attributes,
  decodeLogRecord,
  EVENT_NAME,
  LOKI_LIMIT,
  RESOURCE,
  type Ring,
  type RingFrame,
  type RingJudgement,
  readLastLines,
  SEVERITY,
  toAttributes,
  toRingCrash,
} from "@sightline/core";
import {
  type Batch,
  createRecordClock,
  createRecordEncoder,
  encodeLogsRequest,
  encodeResource,
  encodeScope,
  readRecordNanos,
  restampRecord,
} from "@sightline/wire";
import { SCOPE_NAME, SDK_VERSION } from "../version.ts";

export type DeadBatch = {
  readonly batch: Batch;
  /** Of the lines in it. */
  readonly numbers: readonly number[];
};

const MAX_BATCH_RECORDS = 512;
const MAX_BATCH_BYTES = 1_048_576;
/** On the way and in the spool, a line grows older still. */
const AGE_MARGIN_MILLIS = 3_600_000;
const NANOS_PER_MILLI = 1_000_000n;

/** The lines that nobody else has, in batches, under the resource of the process that wrote them. */
export function* toDeadBatches(
  ring: Ring,
  open: readonly RingFrame[],
  nowMillis: () => number,
): Generator<DeadBatch, void, void> {
  const envelope = envelopeOf(ring.facts.resourceAttributes);
  for (let start = 0; start < open.length; ) {
    const frames = takeBatch(open, start);
    start += frames.length;
    const now = nowMillis();
    const records = frames.map(({ payload }, at) => withinLimits(payload, now, start + at));
    yield {
      numbers: frames.map(({ number }) => number),
      batch: {
        signal: "logs",
        body: encodeLogsRequest({ ...envelope, records }),
        records: records.length,
        severityNumber: Math.max(...records.map(severityOf)),
        createdUnixMillis: now,
      },
    };
  }
}

function takeBatch(frames: readonly RingFrame[], start: number): RingFrame[] {
  let bytes = 0;
  let end = start;
  for (; end < frames.length && end - start < MAX_BATCH_RECORDS; end += 1) {
    bytes += (frames[end] as RingFrame).payload.length;
    if (bytes > MAX_BATCH_BYTES && end > start) break;
  }
  return frames.slice(start, end);
}

/**
 * The death itself. Its time and its bytes follow from the ring alone, so that it can be told twice
 * and is stored once.
 */
export function toDeathBatch(ring: Ring, judgement: RingJudgement, nowMillis: number): Batch {
  const { facts } = ring;
  const crash = toRingCrash(ring, judgement, readLastLines(ring.frames));
  const isCrash = !judgement.planned && judgement.verdict !== "clean";
  const severityNumber = isCrash ? SEVERITY.FATAL : SEVERITY.INFO;
  const record = createRecordEncoder().encode(
    {
      timeUnixMillis: crash.timeMillis,
      severityNumber,
      severityText: isCrash ? "FATAL" : "INFO",
      body: crash.body,
      attributes: { ...toAttributes(crash), [ATTRIBUTE.kind]: "crash" },
      eventName: EVENT_NAME.appCrash,
    },
    createRecordClock().stamp(crash.timeMillis),
  );
  const place: Record<string, string | number> = { [RESOURCE.processPid]: facts.pid };
  if (facts.containerId !== undefined) place[RESOURCE.containerId] = facts.containerId;
  return {
    signal: "logs",
    body: encodeLogsRequest({
      ...envelopeOf({ ...place, ...facts.resourceAttributes }),
      records: [withinLimits(record, nowMillis, 0)],
    }),
    records: 1,
    severityNumber,
    createdUnixMillis: nowMillis,
  };
}

/** The scope has the version that wrote the lines: a copy that was sent before must be equal. */
function envelopeOf(attributes: Attributes): { resource: Uint8Array; scope: Uint8Array } {
  const version = String(attributes[RESOURCE.telemetryDistroVersion] ?? SDK_VERSION);
  return { resource: encodeResource(attributes), scope: encodeScope(SCOPE_NAME, version) };
}

/** What the store would refuse by its time gets the time of its arrival, and keeps its own as `event_ts`. */
function withinLimits(record: Uint8Array, nowMillis: number, order: number): Uint8Array {
  const nanos = readRecordNanos(record);
  if (nanos === undefined) return record;
  const ageMillis = nowMillis - Number(nanos / NANOS_PER_MILLI);
  const isTaken =
    ageMillis < LOKI_LIMIT.maxAgeMillis - AGE_MARGIN_MILLIS &&
    ageMillis > -LOKI_LIMIT.maxFutureMillis / 2;
  if (isTaken) return record;
  return restampRecord(record, BigInt(nowMillis) * NANOS_PER_MILLI + BigInt(order)) ?? record;
}

function severityOf(record: Uint8Array): number {
  return decodeLogRecord(record)?.severityNumber ?? 0;
}
