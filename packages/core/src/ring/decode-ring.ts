import {
  parseExit,
  parseFatal,
  parseHeartbeat,
  parseJudgement,
  parseSettled,
} from "./parse-content.ts";
import type {
  RingExit,
  RingFacts,
  RingFatal,
  RingFrame,
  RingHeartbeat,
  RingJudgement,
  RingSettled,
} from "./ring-content.ts";
import { scanFrames } from "./ring-frame.ts";
import { decodeRingHeader } from "./ring-header.ts";
import { DATA_OFFSET, type RingSlot } from "./ring-layout.ts";
import { decodeSlot } from "./ring-slot.ts";
import type { RingTools } from "./ring-tools.ts";
import { createSettledNumbers } from "./settled-numbers.ts";

/** A ring as it was found; what could not be read of it is absent or counted. */
export interface Ring {
  readonly status: "read";
  readonly salt: number;
  readonly facts: RingFacts;
  readonly heartbeat?: RingHeartbeat | undefined;
  readonly fatal?: RingFatal | undefined;
  readonly exit?: RingExit | undefined;
  readonly judgement?: RingJudgement | undefined;
  readonly settled: RingSettled;
  /** Sequence of each slot's value, which the next write has to go on from; 0 = never written. */
  readonly sequences: Readonly<Record<RingSlot, number>>;
  /** By number, settled ones too. The payloads are views of the file's bytes. */
  readonly frames: readonly RingFrame[];
  /** Lines that were written over before they were safe elsewhere. */
  readonly lappedLines: number;
  /** Lines between the oldest and the newest that cannot be read. */
  readonly damagedLines: number;
  /** The file holds so much nonsense that reading was given up. */
  readonly isCut: boolean;
}

export type DecodedRing =
  | Ring
  /** `message` completes "the file …". */
  | { readonly status: "unreadable"; readonly message: string };

/** Reads any bytes: never throws, and takes time in proportion to their length. */
export function decodeRing(bytes: Uint8Array, tools: RingTools): DecodedRing {
  const steps = decodeRingInSteps(bytes, tools);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same in pieces of about a millisecond, for a reader that must not hold up its process. */
export function* decodeRingInSteps(
  bytes: Uint8Array,
  tools: RingTools,
): Generator<void, DecodedRing> {
  const decoded = decodeRingHeader(bytes, tools);
  if (decoded.status === "unreadable") return decoded;
  const { salt, facts, dataBytes } = decoded.header;
  const slot = (name: RingSlot) => decodeSlot(name, bytes, salt, tools);
  const slots = {
    heartbeat: slot("heartbeat"),
    settled: slot("settled"),
    fatal: slot("fatal"),
    exit: slot("exit"),
    judgement: slot("judgement"),
  };
  const data = bytes.subarray(DATA_OFFSET, DATA_OFFSET + dataBytes);
  const scanned = yield* scanFrames(data, salt, dataBytes, tools);
  const heartbeat = slots.heartbeat && parseHeartbeat(slots.heartbeat.text);
  const settled = (slots.settled && parseSettled(slots.settled.text)) ?? { through: 0, ranges: [] };
  return {
    status: "read",
    salt,
    facts,
    heartbeat,
    settled,
    fatal: slots.fatal && parseFatal(slots.fatal.text),
    exit: slots.exit && parseExit(slots.exit.text),
    judgement: slots.judgement && parseJudgement(slots.judgement.text),
    sequences: {
      heartbeat: slots.heartbeat?.sequence ?? 0,
      settled: slots.settled?.sequence ?? 0,
      fatal: slots.fatal?.sequence ?? 0,
      exit: slots.exit?.sequence ?? 0,
      judgement: slots.judgement?.sequence ?? 0,
    },
    frames: scanned.frames,
    ...countLost(scanned.frames, settled, heartbeat),
    isCut: scanned.isCut,
  };
}

/** Numbers have no holes as they are written, so those that are missing tell what was lost. */
function countLost(
  frames: readonly RingFrame[],
  settled: RingSettled,
  heartbeat: RingHeartbeat | undefined,
): Pick<Ring, "lappedLines" | "damagedLines"> {
  const numbers = createSettledNumbers(settled);
  const first = frames[0]?.number;
  const last = frames.at(-1)?.number;
  const known = Math.min(heartbeat?.lastNumber ?? 0, Number.MAX_SAFE_INTEGER - 1);
  if (first === undefined || last === undefined) {
    return { lappedLines: 0, damagedLines: numbers.countOpenBelow(known + 1) };
  }
  const openBelowFirst = numbers.countOpenBelow(first);
  let open = 0;
  for (const { number } of frames) if (!numbers.has(number)) open += 1;
  const openInAll = numbers.countOpenBelow(Math.max(last, known) + 1);
  return {
    lappedLines: openBelowFirst,
    damagedLines: Math.max(0, openInAll - openBelowFirst - open),
  };
}
