import type { LineView } from "./line-view.ts";
import {
  awaitsMessage,
  isHeaded,
  isPlain,
  isSameLane,
  type OpenGroup,
  speaksOfError,
} from "./open-group.ts";
import { hasRecordStart } from "./record-start.ts";
import { headOf, type LinkedState, type LinkedStep, stateNamed, stepFrom } from "./rule-table.ts";

/** Where a line goes. */
export type Placement = Join | Begin;

export interface Join {
  readonly kind: "join";
  readonly group: OpenGroup;
  readonly state: LinkedState;
  /** The line proves that those which may belong to the group's message do. */
  readonly proves: boolean;
}

export interface Begin {
  readonly kind: "begin";
  /** Undefined: a plain line. */
  readonly state: LinkedState | undefined;
  readonly maybeOf: OpenGroup | undefined;
}

const BLOCK = stateNamed("generic.block");
const INDENTED = stateNamed("generic.indented");
const BEGINS_BLOCK = /^(?:\s+\S|[}\])])/;
const INDENTATION = /^(?:\t| {2})\s{0,400}\S/;
/** A logger hands a record over in one write; its lines have nearly the same time. */
const ONE_WRITE_MILLIS = 5;
/** A program prints an error soon after it has said that there is one. */
const LOG_LINE_MILLIS = 100;

/** `open` in the order in which lines joined, the last at the end. Changes nothing. */
export function placeLine(view: LineView, millis: number, open: readonly OpenGroup[]): Placement {
  if (view.json || open.length === 0) return beginning(view, open);
  return (
    joinByRules(view, millis, open) ??
    joinMessage(view, millis, open) ??
    joinOrBegin(view, millis, open)
  );
}

function joinByRules(view: LineView, millis: number, open: readonly OpenGroup[]): Join | undefined {
  let ofPlainLine: Join | undefined;
  for (let index = open.length - 1; index >= 0; index--) {
    const group = open[index] as OpenGroup;
    // Without a lane, a line can only belong to the plain line right above it.
    if (index < open.length - 1 && view.lane === "" && isPlain(group)) continue;
    const join = joinTo(group, view);
    if (join === undefined) continue;
    if (index < open.length - 1 && belongsAbove(view, millis, open)) return undefined;
    // A frame below an ordinary line belongs rather to the stack that this line stands within.
    if (!isPlain(group) || speaksOfError(group) || group.maybeOf?.open === true) return join;
    if (join.state === BLOCK) return join;
    ofPlainLine ??= join;
  }
  return ofPlainLine;
}

function joinTo(group: OpenGroup, view: LineView): Join | undefined {
  if (!isSameLane(group, view)) return joinWhole(group, view);
  if (group.maybeOf?.open === true && isPlain(group)) {
    const step = stepFrom(group.maybeOf.state, view.body, false);
    if (step !== undefined) return followed(group.maybeOf, view, step);
  }
  const step = stepFrom(group.state, view.body, isRightAbove(group, view));
  if (step !== undefined) return followed(group, view, step);
  if (!isRightAbove(group, view) || view.stamped) return undefined;
  if (group.opensBlock && BEGINS_BLOCK.test(view.body)) return joined(group, BLOCK);
  const isOwn =
    view.lane === "" &&
    isPlain(group) &&
    INDENTATION.test(view.body) &&
    headOf(view.body, view.text) === undefined;
  return isOwn && (group.head.stamped || speaksOfError(group))
    ? joined(group, INDENTED)
    : undefined;
}

function isRightAbove(group: OpenGroup, view: LineView): boolean {
  return !group.interrupted && (view.lane !== "" || group.foreignLines === 0);
}

/** A stack begins below a log line of its own rather than going on with an older stack. */
function belongsAbove(view: LineView, millis: number, open: readonly OpenGroup[]): boolean {
  if (view.stamped || logLineAbove(view, millis, open) === undefined) return false;
  return headOf(view.body, view.text)?.joins === "always";
}

/** What looks like a lane can be a part of the stack: V8's `[1:0x5581] 93 ms: Mark-Compact`. */
function joinWhole(group: OpenGroup, view: LineView): Join | undefined {
  if (view.stamped || group.head.lane !== "" || isPlain(group)) return undefined;
  const step = stepFrom(group.state, view.text, isRightAbove(group, view));
  return step === undefined ? undefined : followed(group, view, step);
}

function followed(group: OpenGroup, view: LineView, step: LinkedStep): Join {
  if (step.loose) return joined(group, step.to);
  // The line below a message proves it only if it is one that the message's owner waits for.
  const owner = group.maybeOf?.open === true ? group.maybeOf : undefined;
  const own = owner === undefined ? undefined : stepFrom(owner.state, view.body, false);
  return owner === undefined || own === undefined
    ? { kind: "join", group, state: step.to, proves: true }
    : { kind: "join", group: owner, state: own.to, proves: true };
}

function joined(group: OpenGroup, state: LinkedState): Join {
  return { kind: "join", group, state, proves: false };
}

/** Where every record has a header, text without one belongs to the traceback above it. */
function joinMessage(view: LineView, millis: number, open: readonly OpenGroup[]): Join | undefined {
  const group = open.at(-1) as OpenGroup;
  const isMessage =
    group.state.tail &&
    view.lane === "" &&
    !view.stamped &&
    Math.abs(millis - group.lastMillis) <= ONE_WRITE_MILLIS &&
    (group.amongHeaded || isHeaded(group.head)) &&
    !hasRecordStart(view.body) &&
    headOf(view.body, view.text) === undefined;
  return isMessage ? joined(group, group.state) : undefined;
}

function joinOrBegin(view: LineView, millis: number, open: readonly OpenGroup[]): Placement {
  const head = headOf(view.body, view.text);
  if (head === undefined) return beginning(view, open);
  const above =
    head.joins === "never" || view.stamped ? undefined : logLineAbove(view, millis, open);
  if (above === undefined) return { kind: "begin", state: head.to, maybeOf: undefined };
  const isSure = head.joins === "always" || (view.lane === "" && isHeaded(above.head));
  return isSure
    ? { ...joined(above, head.to), proves: true }
    : { kind: "begin", state: head.to, maybeOf: above };
}

function logLineAbove(
  view: LineView,
  millis: number,
  open: readonly OpenGroup[],
): OpenGroup | undefined {
  const nearest = open.findLast((candidate) => isSameLane(candidate, view));
  if (nearest === undefined || nearest.interrupted) return undefined;
  if (Math.abs(millis - nearest.lastMillis) > LOG_LINE_MILLIS) return undefined;
  const group = nearest.maybeOf?.open === true && isPlain(nearest) ? nearest.maybeOf : nearest;
  return isPlain(group) && speaksOfError(group) ? group : undefined;
}

function beginning(view: LineView, open: readonly OpenGroup[]): Begin {
  if (view.json) return { kind: "begin", state: undefined, maybeOf: undefined };
  const state = open.length === 0 ? headOf(view.body, view.text)?.to : undefined;
  const maybeOf = state === undefined ? messageOwner(view, open) : undefined;
  return { kind: "begin", state, maybeOf };
}

function messageOwner(view: LineView, open: readonly OpenGroup[]): OpenGroup | undefined {
  if (open.length === 0 || view.stamped) return undefined;
  const group = open.findLast((candidate) => isSameLane(candidate, view));
  if (group === undefined) return undefined;
  const owner = group.maybeOf?.open === true ? group.maybeOf : group;
  return awaitsMessage(owner) && !hasRecordStart(view.body) ? owner : undefined;
}
