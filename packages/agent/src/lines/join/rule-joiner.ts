import type { Clock } from "@sightline/wire";
import { type Line, toMillis } from "../../sources/line.ts";
import type { GroupBundle } from "../log-entry.ts";
import { takeOverlapping, toBundle } from "./bundle-queue.ts";
import { createHoldTimer } from "./hold-timer.ts";
import type { JoinLimits, LineJoiner } from "./line-joiner.ts";
import { type LineView, viewOf } from "./line-view.ts";
import {
  createGroup,
  interrupts,
  isHeaded,
  isPlain,
  type OpenGroup,
  outlives,
} from "./open-group.ts";
import { type Begin, type Join, placeLine } from "./place-line.ts";
import { VIEW_LENGTH } from "./rules.ts";

/** A stack that no line joined for this many lines has ended. */
const MAX_FOREIGN_LINES = 100;
/** A log line whose stack may still come waits for fewer: there can be as many as there are lines. */
const MAX_FOREIGN_LINES_OF_PLAIN = 8;
/** What overlaps is stored together; more than this many full groups would be too much at once. */
const MAX_HELD_GROUPS = 2;

interface Arrival {
  readonly line: Line;
  readonly view: LineView;
  /** With its line end. */
  readonly bytes: number;
  readonly millis: number;
  readonly nowMillis: number;
}

export function createRuleJoiner(
  limits: JoinLimits,
  clock: Clock,
  emit: (bundle: GroupBundle) => void,
): LineJoiner {
  /** All that is held, by first line. */
  const queue: OpenGroup[] = [];
  /** Those of the queue that can still grow, the one that a line joined last at the end. */
  const open: OpenGroup[] = [];
  let lastPlain: LineView | undefined;
  let lineNumber = 0;
  let heldLines = 0;
  let heldBytes = 0;
  const timer = createHoldTimer(clock, limits.holdMillis, releaseOld);

  function releaseOld(nowMillis: number): number | undefined {
    let longest = 0;
    closeWhere((group) => {
      const heldMillis = Math.max(0, nowMillis - group.touchedAtMillis);
      if (heldMillis < limits.holdMillis) longest = Math.max(longest, heldMillis);
      return heldMillis >= limits.holdMillis;
    });
    emitReady();
    return open.length === 0 ? undefined : limits.holdMillis - longest;
  }

  function closeWhere(isOver: (group: OpenGroup) => boolean): void {
    let kept = 0;
    for (const group of open) {
      if (isOver(group)) group.open = false;
      else open[kept++] = group;
    }
    open.length = kept;
  }

  function emitReady(): void {
    for (;;) {
      const groups = takeOverlapping(queue);
      if (groups === undefined) return;
      for (const group of groups) {
        heldLines -= group.lines.length;
        heldBytes -= group.bytes;
      }
      emit(toBundle(groups));
    }
  }

  function begin({ state, maybeOf }: Begin, arrival: Arrival): void {
    const { view } = arrival;
    const amongHeaded = state !== undefined && lastPlain !== undefined && isHeaded(lastPlain);
    const group = createGroup({ ...arrival, number: lineNumber, state, maybeOf, amongHeaded });
    // A cut view would keep the whole of a huge line in memory.
    if (state === undefined && arrival.bytes <= VIEW_LENGTH) lastPlain = view;
    closeWhere((other) => other !== maybeOf && !outlives(other, view, state !== undefined));
    queue.push(group);
    touch(group, arrival);
    if (group.open) open.push(group);
  }

  function join({ group, state, proves }: Join, arrival: Arrival): void {
    if (proves) absorbMessage(group);
    if (group.lines.length >= limits.maxLines || group.bytes + arrival.bytes > limits.maxBytes) {
      closeWhere((other) => other === group);
      begin({ kind: "begin", state, maybeOf: undefined }, arrival);
      return;
    }
    group.lines.push(arrival.line);
    group.bytes += arrival.bytes;
    group.state = state;
    group.lastLane = arrival.view.lane;
    if (arrival.view.lane !== "") group.lane = arrival.view.lane;
    group.opensBlock = false;
    touch(group, arrival);
    if (open.at(-1) !== group) {
      open.splice(open.indexOf(group), 1);
      open.push(group);
    }
  }

  /** Takes in the lines between the error and its first frame, as far as they fit. */
  function absorbMessage(group: OpenGroup): void {
    for (let index = queue.indexOf(group) + 1; index < queue.length; ) {
      const other = queue[index] as OpenGroup;
      const fits =
        group.lines.length + other.lines.length <= limits.maxLines &&
        group.bytes + other.bytes <= limits.maxBytes;
      // What stands between lines that the group has already would come out of order.
      if (other.maybeOf !== group || other.firstNumber < group.lastNumber) {
        index++;
        continue;
      }
      if (!fits) return;
      group.lines.push(...other.lines);
      group.bytes += other.bytes;
      group.lastNumber = other.lastNumber;
      closeWhere((candidate) => candidate === other);
      queue.splice(index, 1);
    }
  }

  function touch(group: OpenGroup, { view, millis, nowMillis }: Arrival): void {
    for (const other of open) {
      if (other === group) continue;
      other.foreignLines++;
      other.interrupted ||= interrupts(view, other);
    }
    group.interrupted = false;
    group.foreignLines = 0;
    group.lastNumber = lineNumber;
    group.lastMillis = millis;
    group.touchedAtMillis = nowMillis;
  }

  function closeAll(): void {
    closeWhere(() => true);
    emitReady();
  }

  return {
    push(line) {
      const millis = toMillis(line.time);
      const view = viewOf(line.text);
      const bytes = Buffer.byteLength(line.text) + 1;
      const arrival: Arrival = { line, view, bytes, millis, nowMillis: clock.now() };
      closeWhere(
        (group) =>
          group.foreignLines >= (isPlain(group) ? MAX_FOREIGN_LINES_OF_PLAIN : MAX_FOREIGN_LINES) ||
          Math.abs(millis - group.lastMillis) > limits.holdMillis,
      );
      heldLines++;
      heldBytes += bytes;
      const placement = placeLine(view, millis, open);
      if (placement.kind === "join") join(placement, arrival);
      else begin(placement, arrival);
      lineNumber++;
      emitReady();
      if (heldLines > MAX_HELD_GROUPS * limits.maxLines) closeAll();
      else if (heldBytes > MAX_HELD_GROUPS * limits.maxBytes) closeAll();
      if (open.length > 0) timer.arm();
    },
    flush() {
      timer.cancel();
      closeAll();
    },
  };
}
