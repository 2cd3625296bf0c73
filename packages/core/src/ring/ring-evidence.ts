import { formatDuration } from "../duration.ts";
import type { RingDeathView } from "./death-of-ring.ts";
import type { RingHeartbeat } from "./ring-content.ts";
import { formatUtc } from "./ring-time.ts";

const MAX_EXCEPTION_LENGTH = 300;
const MAX_EVENT_LENGTH = 300;
const MAX_EVIDENCE_LENGTH = 1_500;
/** A heartbeat is due every second; past this the event loop did not turn. */
const MISSED_BEATS_MILLIS = 3_000;
const MEBIBYTE = 1_048_576;

/** The facts in one line: how it ended, what decided, then what else is known. */
export function describeRingEvidence(view: RingDeathView, because: string | undefined): string {
  const { ring } = view;
  const parts = [
    ring.exit?.code === undefined ? undefined : `exit code ${ring.exit.code}`,
    because,
    describeAsked(view),
    view.report && `Node's report says: ${oneLine(view.report.event, MAX_EVENT_LENGTH)}`,
    describeException(view),
    describeMemory(view),
    describeSilence(view),
  ];
  return oneLine(parts.filter(Boolean).join("; "), MAX_EVIDENCE_LENGTH);
}

function describeAsked({ ring: { exit } }: RingDeathView): string | undefined {
  if (exit?.askedBy === undefined || exit.askedAt === undefined) return undefined;
  return `${exit.askedBy} came at ${formatUtc(exit.askedAt).slice(11, 19)} UTC`;
}

function describeException({ ring, mayHaveDiedOfFatal }: RingDeathView): string | undefined {
  const { fatal } = ring;
  if (fatal === undefined || !mayHaveDiedOfFatal) return undefined;
  const origin = fatal.origin === "rejection" ? "unhandled rejection of" : "uncaught";
  return `${origin} ${oneLine(`${fatal.type}: ${fatal.message}`, MAX_EXCEPTION_LENGTH)}`;
}

function describeMemory({ ring: { heartbeat }, diedAt }: RingDeathView): string | undefined {
  if (heartbeat === undefined) return "no heartbeat: it lived less than a second";
  const { cgroupBytes, cgroupLimitBytes, rssBytes } = heartbeat;
  const age = `${formatDuration(Math.max(0, diedAt - heartbeat.at))} before the end`;
  return cgroupBytes === undefined || cgroupLimitBytes === undefined
    ? `memory ${formatMebibytes(rssBytes)}, no limit of a control group, ${age}`
    : `memory ${formatMebibytes(cgroupBytes, cgroupLimitBytes)}, ${age}`;
}

function describeSilence({ ring: { heartbeat }, diedAt }: RingDeathView): string | undefined {
  const silentMillis = heartbeat === undefined ? 0 : diedAt - heartbeat.at;
  if (silentMillis < MISSED_BEATS_MILLIS) return undefined;
  return `the event loop did not turn in its last ${formatDuration(silentMillis)}`;
}

/** `memory 511 of 512 MiB, heap 96 of 4144 MiB, event loop 12 % busy, 3 requests in flight` */
export function describeHeartbeat(heartbeat: RingHeartbeat): string {
  const { cgroupBytes, cgroupLimitBytes, eventLoopUtilization, inFlightRequests } = heartbeat;
  const busy =
    eventLoopUtilization === undefined ? undefined : Math.round(eventLoopUtilization * 100);
  return [
    cgroupBytes !== undefined && `memory ${formatMebibytes(cgroupBytes, cgroupLimitBytes)}`,
    `RSS ${formatMebibytes(heartbeat.rssBytes)}`,
    `heap ${formatMebibytes(heartbeat.heapUsedBytes, heartbeat.heapLimitBytes)}`,
    busy !== undefined && `event loop ${busy} % busy`,
    inFlightRequests !== undefined &&
      `${inFlightRequests} ${inFlightRequests === 1 ? "request" : "requests"} in flight`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** In the units in which limits are set: `512m` is 512 MiB. */
function formatMebibytes(bytes: number, limitBytes?: number): string {
  const used = mebibytes(bytes);
  return limitBytes === undefined ? `${used} MiB` : `${used} of ${mebibytes(limitBytes)} MiB`;
}

function mebibytes(bytes: number): string {
  const value = bytes / MEBIBYTE;
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

/** A text of somebody else as part of a sentence of ours. */
export function oneLine(text: string, maxLength: number): string {
  // Cut first: what is searched for blanks is short then, however long the text.
  const head = text
    .slice(0, 4 * maxLength)
    .replaceAll(/\s+/g, " ")
    .trim();
  if (head.length <= maxLength && text.length <= 4 * maxLength) return head;
  // Half of a pair is no text, and would be refused on its way.
  return `${head.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
