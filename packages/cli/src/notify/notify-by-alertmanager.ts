import { setTimeout as delay } from "node:timers/promises";
import { integrationOf } from "../compile/contacts/integrations.ts";
import type { Contact } from "../compile/model.ts";
import { notifyReceiverName } from "../emit/contacts/notify-route.ts";
import type { HttpAnswer } from "../stack/http.ts";
import { sendHttp } from "../stack/http.ts";
import { compareAppliedWays } from "./applied-ways.ts";
import type { NotifyOutcome, WayOutcome } from "./delivery.ts";
import { adviceForDelivery, maskReason } from "./explain-delivery.ts";
import {
  type Attempts,
  type LoggedFault,
  readAttempts,
  readLoggedFaults,
} from "./read-deliveries.ts";
import type { TestAlert } from "./test-alert.ts";

export interface AlertmanagerNotify {
  readonly url: string;
  readonly contact: Contact;
  readonly alert: TestAlert;
  /** Label value of the alert that no other has. */
  readonly id: string;
  readonly tellsEnd: boolean;
  readonly timeoutMillis: number;
  /** Lines that the server logged since the test began. */
  readonly readLog: () => Promise<readonly string[]>;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
}

export type AlertmanagerNotifyResult =
  | { readonly status: "done"; readonly outcome: NotifyOutcome }
  | { readonly status: "no-answer"; readonly reason: string }
  /** The running configuration does not know the contact. */
  | { readonly status: "not-applied" }
  /** It knows it with other ways than the specification has. */
  | { readonly status: "applied-otherwise" }
  /** It runs without the feature that tells receivers apart. */
  | { readonly status: "old-server" };

const POLL_MILLIS = 150;
const REQUEST_TIMEOUT_MILLIS = 10_000;

/** One way, and what tells it apart in metrics and log. */
interface Watched {
  readonly type: string;
  readonly title: string;
  readonly integration: string;
  readonly index: number;
  readonly sendsEnd: boolean;
}

/** Posts a real alert that is routed to this contact alone, and waits for what became of it. */
export async function notifyByAlertmanager(
  options: AlertmanagerNotify,
): Promise<AlertmanagerNotifyResult> {
  const { url, contact } = options;
  const receiver = options.tellsEnd ? contact.name : notifyReceiverName(contact.name);
  const status = await get(`${url}/api/v2/status`);
  if (status.status !== "answered" || status.code !== 200) return noAnswer(status);
  const applied = compareAppliedWays(status.body, notifyReceiverName(contact.name), contact);
  if (applied === undefined) return { status: "no-answer", reason: "its status cannot be read" };
  if (applied !== "same") {
    return { status: applied === "missing" ? "not-applied" : "applied-otherwise" };
  }
  const before = await attemptsOf(url, receiver);
  if (before.status !== "ok") return before;
  const posted = await post(options, new Date(Date.now() + 120_000));
  if (posted.status !== "answered" || posted.code !== 200) return noAnswer(posted);
  const watched = watchedWays(contact);
  const ways = await watch(options, watched, receiver, before.attempts);
  const ended = await post(options, new Date());
  const sender = `Alertmanager at ${url}`;
  const outcome = { contact: contact.name, sender, ways };
  if (!options.tellsEnd) return { status: "done", outcome };
  const told = ways.every(({ status }) => status === "delivered");
  if (!told || ended.status !== "answered")
    return { status: "done", outcome: { ...outcome, resolved: [] } };
  const after = addDelivered(before.attempts, watched);
  const ending = watched.filter(({ sendsEnd }) => sendsEnd);
  const resolved = await watch(options, ending, receiver, after);
  return { status: "done", outcome: { ...outcome, resolved } };
}

function watchedWays({ integrations }: Contact): readonly Watched[] {
  const counts = new Map<string, number>();
  return integrations.flatMap(({ type, sendResolved }) => {
    const { alertmanager, title } = integrationOf(type);
    if (!("list" in alertmanager)) return [];
    const integration = alertmanager.list.replace(/_configs$/, "");
    const index = counts.get(integration) ?? 0;
    counts.set(integration, index + 1);
    return [{ type, title, integration, index, sendsEnd: sendResolved }];
  });
}

/** The counters as they are once every way has told its first message. */
function addDelivered(
  before: ReadonlyMap<string, Attempts>,
  watched: readonly Watched[],
): ReadonlyMap<string, Attempts> {
  const after = new Map(before);
  for (const { integration } of watched) {
    const { succeeded, failed } = after.get(integration) ?? { succeeded: 0, failed: 0 };
    after.set(integration, { succeeded: succeeded + 1, failed });
  }
  return after;
}

async function watch(
  options: AlertmanagerNotify,
  watched: readonly Watched[],
  receiver: string,
  before: ReadonlyMap<string, Attempts>,
): Promise<readonly WayOutcome[]> {
  const start = performance.now();
  const deadline = start + options.timeoutMillis;
  for (;;) {
    const now = await attemptsOf(options.url, receiver);
    const faults = readLoggedFaults(await options.readLog(), options.id, receiver);
    const outcomes = watched.map((way) =>
      judge(way, watched, before, now.status === "ok" ? now.attempts : before, faults, options),
    );
    const tookMillis = Math.round(performance.now() - start);
    const isOver = performance.now() >= deadline;
    if (isOver || outcomes.every(({ status, isFinal }) => status !== "no-word" && isFinal)) {
      return outcomes.map(({ isFinal: _, ...outcome }) => ({ ...outcome, tookMillis }));
    }
    await delay(POLL_MILLIS);
  }
}

function judge(
  { type, title, integration, index }: Watched,
  all: readonly Watched[],
  before: ReadonlyMap<string, Attempts>,
  now: ReadonlyMap<string, Attempts>,
  faults: readonly LoggedFault[],
  { secrets }: AlertmanagerNotify,
): WayOutcome & { readonly isFinal: boolean } {
  const own = faults.filter((fault) => fault.integration === integration && fault.index === index);
  const final = own.findLast(({ isFinal }) => isFinal);
  const succeeded =
    (now.get(integration)?.succeeded ?? 0) - (before.get(integration)?.succeeded ?? 0);
  const same = all.filter((way) => way.integration === integration);
  // Counters do not tell two of a kind apart; the log does, which names those that failed.
  const silent = same.filter(
    (way) =>
      !faults.some((fault) => fault.integration === integration && fault.index === way.index),
  );
  const isDelivered = succeeded >= same.length || (own.length === 0 && succeeded >= silent.length);
  if (isDelivered && final === undefined) {
    return { type, title, status: "delivered", isFinal: true };
  }
  const fault = final ?? own.at(-1);
  if (fault === undefined) return { type, title, status: "no-word", isFinal: false };
  const reason = maskReason(fault.reason, secrets);
  return {
    type,
    title,
    status: "failed",
    reason,
    advice: adviceForDelivery(type, fault.reason),
    isFinal: fault.isFinal,
  };
}

async function attemptsOf(
  url: string,
  receiver: string,
): Promise<
  | { readonly status: "ok"; readonly attempts: ReadonlyMap<string, Attempts> }
  | { readonly status: "no-answer"; readonly reason: string }
  | { readonly status: "old-server" }
> {
  const answer = await get(`${url}/metrics`);
  if (answer.status !== "answered" || answer.code !== 200) return noAnswer(answer);
  const attempts = readAttempts(answer.body, receiver);
  return attempts === undefined ? { status: "old-server" } : { status: "ok", attempts };
}

function get(url: string): Promise<HttpAnswer> {
  return sendHttp({ url, timeoutMillis: REQUEST_TIMEOUT_MILLIS });
}

function post({ url, alert }: AlertmanagerNotify, endsAt: Date): Promise<HttpAnswer> {
  return sendHttp({
    url: `${url}/api/v2/alerts`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{ ...alert, endsAt: endsAt.toISOString() }]),
    timeoutMillis: REQUEST_TIMEOUT_MILLIS,
  });
}

function noAnswer(answer: HttpAnswer): { readonly status: "no-answer"; readonly reason: string } {
  if (answer.status === "no-answer") return { status: "no-answer", reason: answer.reason };
  if (answer.status === "too-large")
    return { status: "no-answer", reason: "an answer without end" };
  return { status: "no-answer", reason: `${answer.code} ${answer.body.trim().slice(0, 200)}` };
}
