import { type Line, toMillis } from "../../sources/line.ts";
import type { LineView } from "./line-view.ts";
import { hasErrorWord, hasRecordStart } from "./record-start.ts";
import { type LinkedState, stateNamed } from "./rule-table.ts";

/** A group that is held: still open, or waiting for an open one that began before it. */
export interface OpenGroup {
  readonly lines: Line[];
  /** Of each line, its number in the stream: a stack can take in lines that came before. */
  readonly firstNumber: number;
  lastNumber: number;
  bytes: number;
  readonly head: LineView;
  /** Of its last line that had one. */
  lane: string;
  /** Of its last line. */
  lastLane: string;
  state: LinkedState;
  open: boolean;
  /** Another line of the same lane came since its last one. */
  interrupted: boolean;
  /** Lines that came since its last one. */
  foreignLines: number;
  /** Own time of its last line. */
  lastMillis: number;
  /** When its last line came, by our clock. */
  touchedAtMillis: number;
  opensBlock: boolean;
  /** The records before it in this stream have headers. */
  readonly amongHeaded: boolean;
  /** The stack whose message this line may belong to. */
  readonly maybeOf: OpenGroup | undefined;
  speaksOfError: boolean | undefined;
}

const PLAIN = stateNamed("generic.plain");

export interface NewGroup {
  readonly line: Line;
  readonly view: LineView;
  readonly number: number;
  readonly bytes: number;
  readonly nowMillis: number;
  readonly state?: LinkedState | undefined;
  readonly maybeOf?: OpenGroup | undefined;
  readonly amongHeaded: boolean;
}

export function createGroup(from: NewGroup): OpenGroup {
  return {
    lines: [from.line],
    firstNumber: from.number,
    lastNumber: from.number,
    bytes: from.bytes,
    head: from.view,
    lane: from.view.lane,
    lastLane: from.view.lane,
    state: from.state ?? PLAIN,
    open: !from.view.json,
    interrupted: false,
    foreignLines: 0,
    lastMillis: toMillis(from.line.time),
    touchedAtMillis: from.nowMillis,
    opensBlock: from.view.opensBlock,
    amongHeaded: from.amongHeaded,
    maybeOf: from.maybeOf,
    speaksOfError: undefined,
  };
}

export function isPlain(group: OpenGroup): boolean {
  return group.state === PLAIN;
}

export function speaksOfError(group: OpenGroup): boolean {
  group.speaksOfError ??= hasErrorWord(group.head.text);
  return group.speaksOfError;
}

/** Whether a logger wrote this line, one that writes a header before each record. */
export function isHeaded(view: LineView): boolean {
  return view.stamped || hasRecordStart(view.text);
}

/** Whether lines of a message may come next that only a later frame can prove. */
export function awaitsMessage(group: OpenGroup): boolean {
  return group.state.message || (isPlain(group) && speaksOfError(group));
}

/** Whether `view` stands in the same lane: the same thread or process, as far as can be seen. */
export function isSameLane(group: OpenGroup, view: LineView): boolean {
  if (view.stamped) return group.head.stamped && group.head.lane === view.lane;
  if (view.lane === "") return true;
  // Rails tags the first line behind the logger's header and the others in front.
  return (
    group.head.lane === view.lane || (group.head.stamped && group.head.text.includes(view.lane))
  );
}

/** Whether a line parts what came before it in `group` from what comes after. */
export function interrupts(view: LineView, group: OpenGroup): boolean {
  return group.lastLane === "" || view.lane === "" || group.lastLane === view.lane;
}

/** Whether `group` can still grow after a line that begins a group of its own. */
export function outlives(group: OpenGroup, view: LineView, isHead: boolean): boolean {
  if (isPlain(group)) {
    return !interrupts(view, group) && speaksOfError(group);
  }
  if (group.state.complete) return !interrupts(view, group);
  const sameThread = group.lane === view.lane && group.head.stamped === view.stamped;
  return !(isHead && sameThread);
}
