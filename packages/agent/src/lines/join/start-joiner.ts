import type { Clock } from "@sightline/wire";
import { type Line, toMillis } from "../../sources/line.ts";
import type { GroupBundle } from "../log-entry.ts";
import { createHoldTimer } from "./hold-timer.ts";
import type { JoinLimits, LineJoiner } from "./line-joiner.ts";

/** How much of a line the user's pattern sees: it is theirs, and may be slow. */
const SEEN_CHARACTERS = 1_000;

export function createStartJoiner(
  start: RegExp,
  limits: JoinLimits,
  clock: Clock,
  emit: (bundle: GroupBundle) => void,
): LineJoiner {
  // With "g" or "y" a pattern remembers where it stopped and misses every other line.
  const pattern = new RegExp(start.source, start.flags.replace(/[gy]/g, ""));
  let lines: Line[] = [];
  let bytes = 0;
  let touchedAtMillis = 0;
  const timer = createHoldTimer(clock, limits.holdMillis, (nowMillis) => {
    if (lines.length === 0) return undefined;
    const heldMillis = Math.max(0, nowMillis - touchedAtMillis);
    if (heldMillis < limits.holdMillis) return limits.holdMillis - heldMillis;
    hand();
    return undefined;
  });

  function hand(): void {
    const last = lines.at(-1);
    if (last === undefined) return;
    const group = lines;
    lines = [];
    bytes = 0;
    emit({ groups: [{ lines: group }], position: last.position });
  }

  function continues(line: Line, lineBytes: number): boolean {
    const last = lines.at(-1);
    if (last === undefined) return false;
    if (lines.length >= limits.maxLines || bytes + lineBytes > limits.maxBytes) return false;
    if (Math.abs(toMillis(line.time) - toMillis(last.time)) > limits.holdMillis) return false;
    return !pattern.test(line.text.slice(0, SEEN_CHARACTERS));
  }

  return {
    push(line) {
      const lineBytes = Buffer.byteLength(line.text) + 1;
      if (!continues(line, lineBytes)) hand();
      lines.push(line);
      bytes += lineBytes;
      touchedAtMillis = clock.now();
      timer.arm();
    },
    flush() {
      timer.cancel();
      hand();
    },
  };
}
