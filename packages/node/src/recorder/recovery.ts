import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  createSettledNumbers,
  judgeRing,
  lastLineAt,
  type Ring,
  type RingJudgement,
} from "@sightline/core";
import type { Batch, BatchFate, Cancel, Clock, Delivery, OwnFolder } from "@sightline/wire";
import { boundDeadRings } from "./bound-rings.ts";
import { claimDeadRings } from "./claim-rings.ts";
import { toDeadBatches, toDeathBatch } from "./dead-batches.ts";
import { type DeadMarks, openDeadMarks } from "./dead-marks.ts";
import { RING_FILE } from "./line-ring.ts";
import { type DeadRing, readDeadRing } from "./read-dead-ring.ts";
import type { RunBook } from "./run-book.ts";

/** The machine as it is now, for comparison with what a dead process wrote down. */
export type MachineNow = {
  readonly hostName: string;
  readonly bootId: string | undefined;
  readonly containerId: string | undefined;
  /** Of a control group by its folder; undefined where that is gone. */
  oomKillsOf(cgroupPath: string): number | undefined;
};

export type RecoveryOptions = {
  readonly parent: string;
  readonly own: OwnFolder;
  readonly delivery: Pick<Delivery, "enqueue" | "countDropped">;
  readonly runBook: RunBook;
  readonly machine: MachineNow;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
};

/** Looks for rings of dead processes, now and then, for as long as this one lives. */
export interface Recovery {
  /** Begins nothing new. */
  stop(): void;
  /** Resolves when the look under way is over. */
  idle(): Promise<void>;
}

/** A container's successor finds its predecessor's heartbeat still fresh, so one look is not enough. */
const LOOK_EVERY_MILLIS = 10_000;
const UNREADABLE_FOLDER = "unreadable";
const MAX_UNREADABLE = 5;
const FOLDER_MODE = 0o700;
/** Dropped for want of room here and now: the ring still has them. */
const TRY_AGAIN: ReadonlySet<string> = new Set(["shutdown_timeout", "queue_full"]);

export function startRecovery(options: RecoveryOptions): Recovery {
  const { clock, delivery } = options;
  let isStopped = false;
  let hasWarned = false;
  let cancelNext: Cancel | undefined;
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const folders = await claimDeadRings(options);
    const removed = boundDeadRings(options.own.path, clock.now());
    if (removed > 0) sayRemoved(removed);
    for (const folder of folders) {
      if (isStopped) return;
      await recover(folder).catch(() => undefined);
    }
  }

  function sayRemoved(folders: number): void {
    // How many lines were in them, nobody knows; their deaths are at least one record each.
    delivery.countDropped("logs", "ring_full", folders);
    options.warn(
      `${folders} of the oldest crash recorders in "${options.parent}" were removed: only 64 are kept until their deaths are told`,
    );
  }

  function lookAndPlan(): void {
    looking = look().finally(() => {
      if (!isStopped) cancelNext = clock.after(LOOK_EVERY_MILLIS, lookAndPlan);
    });
  }

  async function recover(folder: string): Promise<void> {
    const dead = await readDeadRing(folder);
    if (dead.status === "unavailable") return;
    if (dead.status === "unreadable") return setAside(folder, dead.message);
    if (dead.status === "read" && !(await tell(folder, dead))) return;
    await rm(folder, { recursive: true, force: true });
  }

  /** False where it is to be tried again: by this process, or by the next. */
  async function tell(folder: string, dead: DeadRing & { status: "read" }): Promise<boolean> {
    const { ring } = dead;
    const marks = openDeadMarks(join(folder, RING_FILE), ring);
    try {
      // Before any line is sent: what the kernel counted may be gone in a while.
      const judgement = judge(dead, options);
      marks.write("judgement", judgement);
      if (!(await sendLines(ring, marks))) return false;
      if (judgement.verdict !== "clean" && !judgement.isTold) {
        const batch = toDeathBatch(ring, judgement, clock.now());
        const onSafe = (): void => marks.write("judgement", { ...judgement, isTold: true });
        if (!(await deliver(batch, onSafe))) return false;
      }
      delivery.countDropped("logs", "ring_full", ring.lappedLines);
      delivery.countDropped("logs", "spool_corrupt", ring.damagedLines);
      return true;
    } finally {
      marks.close();
    }
  }

  async function sendLines(ring: Ring, marks: DeadMarks): Promise<boolean> {
    const settled = createSettledNumbers(ring.settled);
    const open = ring.frames.filter(({ number }) => !settled.has(number));
    for (const { batch, numbers } of toDeadBatches(ring, open, () => clock.now())) {
      if (isStopped || !(await deliver(batch, () => marks.settle(numbers)))) return false;
    }
    return true;
  }

  /** `onSafe` runs at once, in the turn in which the batch became safe, which may be our last. */
  function deliver(batch: Batch, onSafe: () => void): Promise<boolean> {
    return new Promise((resolve) => {
      let isSafe = false;
      const settle = (fate?: BatchFate): void => {
        const isLeft = fate?.status === "dropped" && TRY_AGAIN.has(fate.reason);
        if (!isSafe && !isLeft) onSafe();
        isSafe ||= !isLeft;
        resolve(isSafe);
      };
      delivery.enqueue(batch, settle, () => settle());
    });
  }

  async function setAside(folder: string, message: string): Promise<void> {
    const aside = join(options.parent, UNREADABLE_FOLDER);
    const target = join(aside, basename(folder));
    delivery.countDropped("logs", "spool_corrupt", 1);
    await mkdir(aside, { recursive: true, mode: FOLDER_MODE });
    await rename(folder, target).catch(() => rm(folder, { recursive: true, force: true }));
    await keepFew(aside, basename(folder));
    if (hasWarned) return;
    hasWarned = true;
    options.warn(`what a process left in its crash recorder is kept in "${target}": ${message}`);
  }

  // Not in this turn: the start of the host comes first.
  const first = setImmediate(lookAndPlan);
  return {
    stop() {
      isStopped = true;
      clearImmediate(first);
      cancelNext?.();
    },
    idle: () => looking,
  };
}

/** Once judged, a death stays so: the second process to find it must tell the same. */
function judge(
  { ring, report }: DeadRing & { status: "read" },
  { machine, clock, runBook }: RecoveryOptions,
): RingJudgement {
  if (ring.judgement !== undefined) return ring.judgement;
  const { cgroup, containerId } = ring.facts;
  const isSamePlace = cgroup !== undefined && containerId === machine.containerId;
  const judgement = judgeRing({
    ring,
    report,
    lastLineAt: lastLineAt(ring),
    now: {
      at: clock.now(),
      hostName: machine.hostName,
      bootId: machine.bootId,
      oomKills: isSamePlace ? machine.oomKillsOf(cgroup.path) : undefined,
    },
  });
  const isCrash = !judgement.planned && judgement.verdict !== "clean";
  return isCrash ? { ...judgement, recentDeaths: runBook.noteDeath(judgement.diedAt) } : judgement;
}

async function keepFew(folder: string, newest: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name !== newest).sort();
  const tooMany = names.slice(0, Math.max(0, names.length + 1 - MAX_UNREADABLE));
  for (const name of tooMany) await rm(join(folder, name), { recursive: true, force: true });
}
