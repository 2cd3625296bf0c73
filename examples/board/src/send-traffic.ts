import { setTimeout as after } from "node:timers/promises";
import { type PlannedRequest, planTraffic } from "./traffic-plan.ts";

const MAX_REQUESTS = 1_000_000;
const REQUEST_TIMEOUT_MILLIS = 10_000;
const MAX_CONCURRENT = 32;
/** A board that is gone answers nothing; after this many in a row there is no point in going on. */
const MAX_FAILURES_IN_A_ROW = 20;
/** Made-up people who use the board, in turn. */
const MEMBERS = 25;
/** How much longer than planned a run may take before it is stopped. */
const GRACE_MILLIS = 60_000;

export interface TrafficOptions {
  /** For example `http://127.0.0.1:8700`. */
  readonly baseUrl: string;
  /** How many to send, 1 to 1,000,000. */
  readonly requests: number;
  /** They start evenly at this rate, later where 32 are already under way. */
  readonly ratePerSecond: number;
  /** The same seed gives the same requests in the same order. */
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly sent: number; readonly of: number }) => void;
}

/** Why a run ended before its last request. */
export type TrafficStop = "aborted" | "unreachable" | "too-slow";

export interface TrafficReport {
  readonly sent: number;
  /** Answers by status, as in `{ "200": 280, "400": 6 }`. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** Requests by method and route, as in `{ "GET /api/posts/:id": 81 }`. */
  readonly byRoute: Readonly<Record<string, number>>;
  readonly durationMillis: number;
  /** Requests without an answer, or with a status that this request should not have. */
  readonly failures: number;
  readonly firstFailure?: string;
  readonly stopped?: TrafficStop;
}

interface Tally {
  sent: number;
  readonly byStatus: Record<string, number>;
  readonly byRoute: Record<string, number>;
  failures: number;
  unansweredInARow: number;
  firstFailure?: string;
}

/**
 * Sends a bounded stream of requests as people would cause them, and waits for all answers. Ends by
 * itself whatever the board does: each request has a timeout, and so has the run.
 *
 * @throws RangeError for options out of range; never for what the board does.
 */
export async function sendTraffic(options: TrafficOptions): Promise<TrafficReport> {
  assertOptions(options);
  const plan = planTraffic(options.seed, options.requests);
  const startedAt = performance.now();
  const plannedMillis = (options.requests / options.ratePerSecond) * 1_000;
  const tooSlow = AbortSignal.timeout(Math.ceil(plannedMillis) + GRACE_MILLIS);
  const signals = options.signal === undefined ? [tooSlow] : [options.signal, tooSlow];
  const signal = AbortSignal.any(signals);
  const tally: Tally = { sent: 0, byStatus: {}, byRoute: {}, failures: 0, unansweredInARow: 0 };
  const underWay = new Set<Promise<void>>();
  for (const [index, planned] of plan.entries()) {
    await waitUntil(startedAt + (index * 1_000) / options.ratePerSecond, signal);
    if (underWay.size >= MAX_CONCURRENT) await Promise.race(underWay);
    if (signal.aborted || tally.unansweredInARow >= MAX_FAILURES_IN_A_ROW) break;
    const user = `member-${index % MEMBERS}`;
    const one = send(options.baseUrl, planned, user, signal, tally).finally(() =>
      underWay.delete(one),
    );
    underWay.add(one);
    options.onProgress?.({ sent: tally.sent, of: plan.length });
  }
  await Promise.all(underWay);
  const stopped = stopOf(tally, tooSlow, options.signal);
  const { unansweredInARow: _, ...report } = tally;
  const durationMillis = Math.round(performance.now() - startedAt);
  return { ...report, durationMillis, ...(stopped === undefined ? {} : { stopped }) };
}

async function send(
  baseUrl: string,
  planned: PlannedRequest,
  user: string,
  runSignal: AbortSignal,
  tally: Tally,
): Promise<void> {
  tally.sent += 1;
  count(tally.byRoute, `${planned.method} ${planned.route}`);
  try {
    const response = await fetch(new URL(planned.path, baseUrl), {
      method: planned.method,
      signal: AbortSignal.any([runSignal, AbortSignal.timeout(REQUEST_TIMEOUT_MILLIS)]),
      headers: {
        "x-user": user,
        ...(planned.body !== undefined && { "content-type": "application/json" }),
      },
      ...(planned.body !== undefined && { body: JSON.stringify(planned.body) }),
    });
    await response.arrayBuffer();
    tally.unansweredInARow = 0;
    count(tally.byStatus, String(response.status));
    if (planned.expectedStatuses.includes(response.status)) return;
    const expected = planned.expectedStatuses.join(" or ");
    addFailure(tally, planned, `answered ${response.status}, expected ${expected}`);
  } catch (error) {
    tally.unansweredInARow += 1;
    addFailure(tally, planned, `no answer: ${reasonOf(error)}`);
  }
}

function addFailure(tally: Tally, planned: PlannedRequest, reason: string): void {
  tally.failures += 1;
  tally.firstFailure ??= `${planned.method} ${planned.path}: ${reason}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed" and keeps what happened in the cause.
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}

function stopOf(
  tally: Tally,
  tooSlow: AbortSignal,
  asked: AbortSignal | undefined,
): TrafficStop | undefined {
  if (asked?.aborted === true) return "aborted";
  if (tally.unansweredInARow >= MAX_FAILURES_IN_A_ROW) return "unreachable";
  return tooSlow.aborted ? "too-slow" : undefined;
}

async function waitUntil(time: number, signal: AbortSignal): Promise<void> {
  const millis = time - performance.now();
  if (millis <= 0) return;
  try {
    await after(millis, undefined, { signal });
  } catch {
    // Aborted; the caller looks at the signal next.
  }
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function assertOptions({ baseUrl, requests, ratePerSecond, seed }: TrafficOptions): void {
  if (!URL.canParse(baseUrl))
    throw new RangeError(`baseUrl: expected an address, got "${baseUrl}"`);
  if (!Number.isInteger(requests) || requests < 1 || requests > MAX_REQUESTS) {
    throw new RangeError(`requests: expected 1 to ${MAX_REQUESTS}, got "${requests}"`);
  }
  if (!(ratePerSecond > 0 && ratePerSecond <= 10_000)) {
    throw new RangeError(
      `ratePerSecond: expected more than 0, at most 10000, got "${ratePerSecond}"`,
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`seed: expected a whole number, got "${seed}"`);
  }
}
