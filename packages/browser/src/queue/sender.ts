import type { Mirror } from "./mirror.ts";
import { CALM, judge, remainingMillis } from "./pace.ts";
import type { Post } from "./post.ts";
import type { Batch, Queue } from "./queue.ts";
import type { Key } from "./row.ts";

interface SenderParts {
  /** Of the lock. */
  readonly name: string;
  readonly tab: string;
  readonly mirror: Mirror;
  readonly post: Post;
  /** What the disk does not take; of this page alone. */
  readonly memory: Queue;
  readonly connect: () => Promise<Queue | undefined>;
  readonly onDiskFailure: () => void;
  readonly wake: (millis: number) => void;
  readonly onGone: (keys: readonly Key[]) => void;
  readonly warn: ((text: string) => void) | undefined;
}

export interface Sender {
  /** Whether nothing is left. `isUrged`: there is reason to hope that a failure is over. */
  send(isUrged?: boolean): Promise<boolean>;
  /** Of a page that is going away: without the lock, which takes longer than there is time. */
  sendUnlocked(batch: Batch, queues: readonly (Queue | undefined)[]): Promise<void>;
  /** Whether the gateway, or a fault that a person must repair, wants nothing to be sent now. */
  isQuiet(): boolean;
}

/** When what {@link Sender.sendUnlocked} tried may be sent again. */
const UNLOCKED_MILLIS = 10_000;
/** Until somebody has put key, origin or address right. */
const STOP_MILLIS = 3_600_000;

export function createSender(parts: SenderParts): Sender {
  const { name, tab, mirror, post, memory, connect, onDiskFailure, wake, onGone, warn } = parts;
  let running = Promise.resolve(true);
  let next: Promise<boolean> | undefined;
  let isHopeful = false;
  let pace = CALM;
  let stopUntilMillis = 0;

  const forget = ({ rows }: Batch): void => {
    onGone(rows.map(({ key }) => key));
  };
  const stop = (status: number): void => {
    if (stopUntilMillis === 0) {
      warn?.(
        `Sightline: the gateway answered ${status}, expected 204. Nothing is lost, but nothing is sent for an hour. Check address and key, and that ${location.origin} is among the app's origins.`,
      );
    }
    stopUntilMillis = performance.now() + STOP_MILLIS;
  };
  const stoppedMillis = (): number => stopUntilMillis - performance.now();

  /** Milliseconds to wait after it. */
  const sendBatch = async (queue: Queue, batch: Batch): Promise<number> => {
    mirror.setFlying(batch, true);
    const answer = await post.send(batch);
    mirror.setFlying(batch, false);
    const before = String(Object.values(pace));
    const items = batch.rows.reduce((sum, { key }) => sum + key[4], 0);
    const judged = judge(answer, items, pace, Date.now(), Math.random());
    const { fate } = judged;
    pace = { ...judged.pace, url: post.url };
    if (fate === "stop") stop(answer.status);
    const isChanged = String(Object.values(pace)) !== before;
    await queue.settle(batch, fate, isChanged ? pace : undefined);
    // Parts of what was split have other keys, and are in the queue alone.
    if (fate !== "keep" && fate !== "stop") forget(batch);
    return remainingMillis(pace, Date.now(), false);
  };

  const drain = async (queue: Queue, isUrged: boolean, leasing?: string): Promise<boolean> => {
    for (let isFirst = true; ; isFirst = false) {
      let waitMillis = stoppedMillis();
      if (waitMillis <= 0) {
        const turn = await queue.take(isUrged && isFirst, leasing);
        ({ waitMillis } = turn);
        // An empty memory knows nothing of what the disk has noted.
        if (queue !== memory || turn.batch) ({ pace } = turn);
        post.url = pace.url;
        if (waitMillis === 0 && !turn.batch) return true;
        if (turn.batch) waitMillis = await sendBatch(queue, turn.batch);
      }
      if (waitMillis > 0) {
        wake(waitMillis);
        return false;
      }
    }
  };

  /** Locks exist in secure contexts only and are refused in opaque origins: there a lease does. */
  const drainDisk = async (disk: Queue, isUrged: boolean): Promise<boolean> => {
    let hasLock = false;
    try {
      return await navigator.locks.request(name, () => {
        hasLock = true;
        return drain(disk, isUrged);
      });
    } catch (error) {
      if (hasLock) throw error;
      return drain(disk, isUrged, tab);
    }
  };

  const sendAll = async (): Promise<boolean> => {
    const isUrged = isHopeful;
    isHopeful = false;
    let isEmpty = true;
    try {
      const disk = await connect();
      if (disk) isEmpty = await drainDisk(disk, isUrged);
    } catch {
      onDiskFailure();
      isEmpty = false;
    }
    return (await drain(memory, isUrged)) && isEmpty;
  };

  return {
    send(isUrged = false) {
      isHopeful ||= isUrged;
      next ??= running.then(() => {
        next = undefined;
        running = sendAll();
        return running;
      });
      return next;
    },
    async sendUnlocked(batch, queues) {
      const { status } = await post.send(batch);
      mirror.setFlying(batch, false);
      if (status < 200 || status > 299) return wake(UNLOCKED_MILLIS);
      forget(batch);
      for (const queue of queues) await queue?.settle(batch, "sent").catch(() => {});
    },
    isQuiet: () => stoppedMillis() > 0 || (pace.isAsked && pace.untilMillis > Date.now()),
  };
}
