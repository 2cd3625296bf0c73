import type { GatewayApp, SessionState } from "@sightline/core";
import { FARO } from "@sightline/core";
import type { FaroException, FaroItem } from "../faro/faro-payload.ts";
import { toSessionDraft } from "../sessions/session-draft.ts";
import type { SessionSigns } from "../sessions/session-signs.ts";
import { toConsoleLine } from "./console-line.ts";
import { type Draft, type LineParts, toLine } from "./draft.ts";
import type { ErrorBudgets } from "./error-budgets.ts";
import { toErrorDraft, toErrorLine } from "./error-drafts.ts";
import { toEventLine } from "./event-line.ts";
import { itemHash } from "./item-hash.ts";
import type { PageFacts } from "./page-facts.ts";
import type { ReadableError } from "./readable-error.ts";
import { SLOT, type Stamp, type Stamper } from "./stamper.ts";
import { hashText } from "./text-hash.ts";
import { toMeasurementLine, toVitalLine, toWebVital, type WebVital } from "./vital-line.ts";

/** Everything that a payload becomes, and what must be taken back if none of it becomes safe. */
export interface PayloadDrafts {
  readonly drafts: Draft[];
  readonly vitals: WebVital[];
  /** Occurrences of muted errors beyond their budget: of these there is no record to count them in. */
  rateLimited: number;
  /** Run where the records could not be made safe, so that the next attempt finds all as it was. */
  readonly undo: (() => void)[];
}

export interface DraftContext {
  readonly app: GatewayApp;
  readonly facts: PageFacts;
  /** Whose session it is; see `whoOf`. */
  readonly who: string | undefined;
  readonly stamper: Stamper;
  readonly budgets: ErrorBudgets;
  readonly signs: SessionSigns;
  readonly nowMillis: number;
}

/** @param errors of the exceptions among the items, in their order. */
export function toDrafts(
  items: readonly FaroItem[],
  errors: readonly ReadableError[],
  context: DraftContext,
): PayloadDrafts {
  const out: PayloadDrafts = { drafts: [], vitals: [], rateLimited: 0, undo: [] };
  const storms = createStorms(context, out);
  let nextError = 0;
  for (const item of items) {
    if (item.kind === "exception") {
      const error = errors[nextError++];
      if (error !== undefined) addException(item, error, context, out, storms);
    } else addItem(item, context, out);
  }
  storms.close();
  return out;
}

function addItem(
  item: Exclude<FaroItem, FaroException>,
  context: DraftContext,
  out: PayloadDrafts,
): void {
  const { facts, stamper } = context;
  const slot = item.kind === "log" ? SLOT.line : SLOT.event;
  const stamp = stamper.stamp(item.timeMillis, slot, itemHash(facts.seed, item));
  addSign("active", stamp, context, out);
  if (item.kind === "event") {
    const sign = SIGN_OF_EVENT.get(item.name);
    if (sign !== undefined) {
      addSign(sign, stamp, context, out);
      return;
    }
  }
  const vital = item.kind === "measurement" ? toWebVital(item) : undefined;
  if (vital !== undefined) out.vitals.push(vital);
  out.drafts.push(toLine(facts, item, stamp, partsOf(item, vital)));
}

/** Events of sessions are records of sessions and no lines; that one goes on is told by all others. */
const SIGN_OF_EVENT: ReadonlyMap<string, SessionState> = new Map([
  [FARO.event.sessionStart, "start"],
  [FARO.event.sessionResume, "active"],
  [FARO.event.sessionExtend, "active"],
  [FARO.event.sessionEnd, "end"],
]);

function partsOf(item: Exclude<FaroItem, FaroException>, vital: WebVital | undefined): LineParts {
  if (item.kind === "log") return toConsoleLine(item);
  if (item.kind === "event") return toEventLine(item);
  return vital === undefined ? toMeasurementLine(item) : toVitalLine(vital);
}

function addException(
  item: FaroException,
  error: ReadableError,
  context: DraftContext,
  out: PayloadDrafts,
  storms: Storms,
): void {
  const { app, facts, stamper, budgets, nowMillis } = context;
  const stamp = stamper.stamp(item.timeMillis, SLOT.error, itemHash(facts.seed, item));
  addSign("active", stamp, context, out);
  if (error.muted === undefined && !item.handled) addSign("errored", stamp, context, out);
  const key = `${facts.service} ${error.print.fp}`;
  if (budgets.take(key, app.maxSameErrorsPerMinute, nowMillis)) {
    out.undo.push(() => budgets.giveBack(key));
    out.drafts.push(toErrorLine(facts, item, error, stamp));
    if (error.muted === undefined) out.drafts.push(toErrorDraft(facts, item, error, stamp, item.n));
  } else if (error.muted === undefined) storms.hold(item, error, stamp);
  else out.rateLimited += 1;
}

/** Occurrences beyond the budget: no lines, and one record of each error with how many they were. */
interface Storms {
  hold(item: FaroException, error: ReadableError, stamp: Stamp): void;
  close(): void;
}

function createStorms({ facts }: DraftContext, out: PayloadDrafts): Storms {
  const held = new Map<
    string,
    { item: FaroException; error: ReadableError; stamp: Stamp; n: number }
  >();
  return {
    hold(item, error, stamp) {
      const key = `${error.print.fpx} ${error.print.fp} ${item.handled}`;
      const same = held.get(key);
      if (same === undefined) held.set(key, { item, error, stamp, n: item.n });
      else same.n += item.n;
    },
    close() {
      for (const { item, error, stamp, n } of held.values()) {
        out.drafts.push(toErrorDraft(facts, item, error, stamp, n));
      }
    },
  };
}

function addSign(
  state: SessionState,
  stamp: Stamp,
  { facts, signs, stamper, who }: DraftContext,
  out: PayloadDrafts,
): void {
  if (who === undefined || !signs.isNew(who, state, stamp.millis)) return;
  out.undo.push(() => signs.forget(who, state, stamp.millis));
  const own = stamper.stamp(stamp.millis, SLOT.session, hashText(facts.seed, state));
  out.drafts.push(toSessionDraft(facts, state, own));
}
