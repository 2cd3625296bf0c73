import {
  ATTRIBUTE,
  type AttributeValue,
  ERROR_FIELD,
  type ErrorRecord,
  SEVERITY,
  toAttributes,
} from "@sightline/core";
import type { Cancel, Clock, LineRecord } from "@sightline/wire";

/** Records of one error sent one by one in each second; what comes beyond is counted together. */
const MAX_SINGLE = 5;
/** Errors that wait to be counted together, each with its user; beyond, users are not told apart. */
const MAX_HELD = 200;
const WINDOW_MILLIS = 1_000;

export type ErrorRecordOptions = {
  readonly emit: (record: LineRecord) => void;
  readonly clock: Clock;
  /** `service.version` of this process. */
  readonly release: string | undefined;
};

/** What its line says of an error beside the record. */
export type ErrorNote = {
  /** Nobody caught it. */
  readonly isUncaught?: boolean | undefined;
  /** Another line told of the same occurrence. */
  readonly isRetold?: boolean | undefined;
};

export interface ErrorRecords {
  /** Makes the compact record of a line that carries an error; nothing of every other line. */
  note(record: LineRecord, note: ErrorNote): void;
  /** Sends at once what is being counted together. */
  flush(): void;
}

type Held = { readonly record: LineRecord; readonly error: ErrorRecord; count: number };

/**
 * The `error` records beside lines, so that lists of problems never scan lines. The first
 * occurrences of an error in each second go one by one; those of a flood are counted in `n` and go
 * once a second, so that it costs its lines and no more.
 */
export function createErrorRecords(options: ErrorRecordOptions): ErrorRecords {
  const { emit, clock, release } = options;
  const sent = new Map<string, number>();
  const held = new Map<string, Held>();
  let endMillis = 0;
  let cancelTimer: Cancel | undefined;

  function openWindow(): void {
    const nowMillis = clock.now();
    // A timer is late where the event loop is blocked, and a clock that was set back never arrives.
    const isOver = nowMillis >= endMillis || endMillis - nowMillis > WINDOW_MILLIS;
    if (cancelTimer !== undefined && !isOver) return;
    closeWindow();
    endMillis = nowMillis + WINDOW_MILLIS;
    cancelTimer = clock.after(WINDOW_MILLIS, closeWindow);
  }

  function closeWindow(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    sendHeld();
    sent.clear();
  }

  function sendHeld(): void {
    for (const { record, error, count } of held.values()) {
      emit(toLine(record, { ...error, n: count }));
    }
    held.clear();
  }

  function hold(record: LineRecord, error: ErrorRecord): void {
    const key = keyOf(error);
    const same = held.get(key);
    if (same !== undefined) same.count += 1;
    else if (held.size < MAX_HELD) held.set(key, { record, error, count: 1 });
    else holdWithoutUser(record, error);
  }

  function holdWithoutUser(record: LineRecord, error: ErrorRecord): void {
    const { userHash: _user, sessionId: _session, ...anybody } = error;
    const key = keyOf(anybody);
    const same = held.get(key);
    if (same === undefined) held.set(key, { record, error: anybody, count: 1 });
    else same.count += 1;
  }

  return {
    note(record, note) {
      if (note.isRetold === true) return;
      const error = toErrorRecord(record, release, note.isUncaught !== true);
      if (error === undefined) return;
      openWindow();
      const count = (sent.get(error.fp) ?? 0) + 1;
      if (count > MAX_SINGLE) return hold(record, error);
      sent.set(error.fp, count);
      emit(toLine(record, error));
    },
    flush: sendHeld,
  };
}

/** Errors that may be counted together: equal in everything that is grouped by. */
function keyOf({ fp, fpx, handled, userHash = "", sessionId = "" }: Partial<ErrorRecord>): string {
  return `${fp} ${fpx} ${handled} ${userHash} ${sessionId}`;
}

/** Made of what is redacted already. */
function toErrorRecord(
  { timeUnixMillis, attributes }: LineRecord,
  release: string | undefined,
  handled: boolean,
): ErrorRecord | undefined {
  const fp = textOf(attributes[ERROR_FIELD.fp]);
  if (fp === undefined) return undefined;
  const fpTemplate = textOf(attributes[ERROR_FIELD.fpTemplate]) ?? "";
  const userHash = textOf(attributes[ATTRIBUTE.userHash]);
  const sessionId = textOf(attributes[ATTRIBUTE.sessionId]);
  return {
    kind: "error",
    timeMillis: timeUnixMillis,
    body: fpTemplate,
    fp,
    fpx: textOf(attributes[ERROR_FIELD.fpx]) ?? fp,
    fpTemplate,
    fpVersion: Number(attributes[ERROR_FIELD.fpVersion] ?? 0),
    exceptionType: textOf(attributes[ATTRIBUTE.exceptionType]) ?? "",
    handled,
    ...(release === undefined ? {} : { release }),
    ...(userHash === undefined ? {} : { userHash }),
    ...(sessionId === undefined ? {} : { sessionId }),
    n: 1,
  };
}

function toLine(record: LineRecord, error: ErrorRecord): LineRecord {
  return {
    timeUnixMillis: error.timeMillis,
    severityNumber: record.severityNumber || SEVERITY.ERROR,
    severityText: record.severityText,
    body: error.body,
    attributes: toAttributes(error),
    traceId: record.traceId,
    spanId: record.spanId,
    traceFlags: record.traceFlags,
  };
}

function textOf(value: AttributeValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
