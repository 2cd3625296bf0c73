import type { DiskLink } from "./disk-link.ts";
import { asOneSender } from "./one-sender.ts";
import { CALM, judge, remainingMillis } from "./pace.ts";
import type { PageRows } from "./page-rows.ts";
import type { Post } from "./post.ts";
import type { Batch, Key } from "./row.ts";
import type { Store } from "./store.ts";

interface SenderParts {
  readonly name: string;
  readonly tab: string;
  readonly own: PageRows;
  readonly post: Post;
  readonly link: DiskLink;
  /** Whether what is not on disk is on its way there. */
  readonly isWriting: () => boolean;
  readonly wake: (millis: number) => void;
  readonly onGone: (keys: readonly Key[]) => void;
  readonly warn: ((text: string) => void) | undefined;
}

export interface Sender {
  /** Whether nothing is left. `isUrged`: there is reason to hope that a failure is over. */
  send(isUrged?: boolean): Promise<boolean>;
  /** Of a page that is going away: without the lock, which takes longer than there is time. */
  sendUnlocked(batches: readonly Batch[]): void;
  /** Whether the gateway, or a fault that a person must repair, wants nothing to be sent now. */
  isQuiet(): boolean;
}

/** Another tab is sending. */
const LATER_MILLIS = 5_000;
/** When another tab may send again what {@link Sender.sendUnlocked} tried. */
const UNLOCKED_MILLIS = 10_000;
/** Until somebody has put key, origin or address right. */
const STOP_MILLIS = 3_600_000;

export function createSender(parts: SenderParts): Sender {
  const { name, tab, own, post, link, isWriting, wake, onGone, warn } = parts;
  let running = Promise.resolve(true);
  let next: Promise<boolean> | undefined;
  let isHopeful = false;
  let pace = CALM;
  let stopUntilMillis = 0;

  const waitMillis = (isUrged: boolean): number =>
    Math.max(stopUntilMillis - performance.now(), remainingMillis(pace, Date.now(), isUrged));

  const stop = (status: number): void => {
    if (stopUntilMillis === 0) {
      warn?.(
        `Sightline: the gateway answered ${status}, expected 204. Nothing is lost, but nothing is sent for an hour. Check address and key, and that ${location.origin} is among the app's origins.`,
      );
    }
    stopUntilMillis = performance.now() + STOP_MILLIS;
  };

  const sendBatch = async (store: Store, batch: Batch): Promise<void> => {
    own.setFlying(batch.keys, true);
    const answer = await post.send(batch);
    const verdict = judge(answer, batch.rows.length, pace, Date.now(), Math.random());
    const before = pace;
    pace = { ...verdict.pace, url: post.url };
    own.setFlying(batch.keys, false);
    if (verdict.fate === "stop") stop(answer.status);
    const isSame = `${Object.values(before)}` === `${Object.values(pace)}`;
    await store.settle(batch, verdict.fate, isSame ? undefined : pace);
    if (verdict.fate === "sent" || verdict.fate === "refused") {
      own.forget(batch.keys);
      onGone(batch.keys);
    }
  };

  const drain = async (
    store: Store,
    isUrged: boolean,
    isStill = async (): Promise<boolean> => true,
  ): Promise<boolean> => {
    pace = await store.pace();
    post.url = pace.url;
    for (let isFirst = true; ; isFirst = false) {
      const millis = waitMillis(isUrged && isFirst) || ((await isStill()) ? 0 : LATER_MILLIS);
      if (millis > 0) {
        wake(millis);
        return false;
      }
      const batch = await store.take();
      if (!batch) return true;
      await sendBatch(store, batch);
    }
  };

  const sendAll = async (): Promise<boolean> => {
    const isUrged = isHopeful;
    isHopeful = false;
    let isEmpty = true;
    const disk = await link.connect();
    try {
      if (disk) {
        isEmpty = await asOneSender(name, tab, disk, (isStill) => drain(disk, isUrged, isStill));
      }
    } catch {
      link.fail();
      isEmpty = false;
    }
    if (isWriting() || own.fresh().length === 0) return isEmpty;
    return (await drain(own, isUrged)) && isEmpty;
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
    sendUnlocked(batches) {
      for (const batch of batches) {
        void post.send(batch).then(async ({ status }) => {
          own.setFlying(batch.keys, false);
          if (status < 200 || status > 299) return wake(UNLOCKED_MILLIS);
          own.forget(batch.keys);
          onGone(batch.keys);
          await link.current()?.settle(batch, "sent", undefined);
        });
      }
    },
    isQuiet: () => stopUntilMillis > performance.now() || (pace.isAsked && waitMillis(false) > 0),
  };
}
