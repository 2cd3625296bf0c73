import { openDisk } from "./disk.ts";
import { createMirror } from "./mirror.ts";
import type { Outbox, OutboxOptions } from "./outbox.ts";
import { sumBytes } from "./plan.ts";
import { createPost } from "./post.ts";
import { type Batch, createQueue, type Queue } from "./queue.ts";
import { type Filing, joinFilings, type Key } from "./row.ts";
import { createSender } from "./sender.ts";
import { createMemoryShelf } from "./table.ts";
import { joinTabs } from "./tabs.ts";
import { delay, within } from "./within.ts";

const MEMORY_BYTES = 1_000_000;
const OPENING_MILLIS = 3_000;
/** After the disk failed; what it does not take waits in memory. */
const REST_MILLIS = 30_000;
/** Between the starts of two writes: most of what an item costs the page is its transaction. */
const STEP_MILLIS = 50;
/** A few items leave together. */
const GATHER_MILLIS = 1_000;
const GATHER_ERRORS_MILLIS = 200;
const TELL_MILLIS = 1_000;
/** The tab that added something sends it; should it die, another one does. */
const STAND_IN_MILLIS = 5_000;
const FLUSH_STEP_MILLIS = 250;

export function createOutbox(options: OutboxOptions): Outbox {
  const { urls, key, maxBytes = 4_000_000, fetch, warn } = options;
  const name = `sightline:${key}`;
  const tab = Math.random().toString(36).slice(2);
  const mirror = createMirror(`${tab}.`);
  const memory = createQueue(createMemoryShelf(), MEMORY_BYTES, mirror.forget);
  const post = createPost(fetch, urls);
  const listening = new AbortController();
  const { signal } = listening;
  let disk: Queue | undefined;
  let opening: Promise<void> | undefined;
  let fresh: Filing[] = [];
  let writing: Promise<void> | undefined;
  let nextWriteAtMillis = 0;
  let diskAtMillis = 0;
  let tellAtMillis = 0;
  let untoldBytes = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAtMillis = Number.POSITIVE_INFINITY;

  const reopen = (): void => {
    disk = undefined;
    if (!signal.aborted) opening = undefined;
  };
  const rest = (): void => {
    disk?.close();
    disk = undefined;
    opening = Promise.resolve();
    setTimeout(reopen, REST_MILLIS);
  };
  const connect = async (): Promise<Queue | undefined> => {
    opening ??= within(OPENING_MILLIS, openDisk(name, reopen)).then((shelf) => {
      disk = createQueue(shelf, maxBytes, forget);
    }, rest);
    await opening;
    return disk;
  };

  const wake = (millis: number): void => {
    const atMillis = performance.now() + millis;
    if (atMillis >= timerAtMillis || signal.aborted) return;
    clearTimeout(timer);
    timerAtMillis = atMillis;
    timer = setTimeout(() => {
      timerAtMillis = Number.POSITIVE_INFINITY;
      void sender.send();
    }, millis);
  };

  const tabs = joinTabs(name, {
    onAdded(bytes) {
      disk?.grow(bytes);
      wake(STAND_IN_MILLIS * (1 + Math.random()));
    },
    onGone: mirror.forget,
  });
  const forget = (keys: readonly Key[]): void => {
    mirror.forget(keys);
    const foreign = keys.filter(([, , meta]) => !meta.startsWith(tab));
    if (foreign[0]) tabs.tell(foreign);
  };
  const tell = (bytes: number): void => {
    untoldBytes += bytes;
    if (performance.now() < tellAtMillis) return;
    tabs.tell(untoldBytes);
    untoldBytes = 0;
    tellAtMillis = performance.now() + TELL_MILLIS;
  };

  const sender = createSender({
    name,
    tab,
    mirror,
    post,
    memory,
    connect,
    onDiskFailure: rest,
    wake,
    onGone: forget,
    warn,
  });

  const file = async (filings: readonly Filing[], batches?: readonly Batch[]): Promise<void> => {
    if (disk && performance.now() >= diskAtMillis) {
      try {
        await disk.write(filings, batches);
        tell(sumBytes(filings.map(({ row }) => row.key)));
        return;
      } catch {
        diskAtMillis = performance.now() + REST_MILLIS;
      }
    }
    await memory.write(filings, batches);
  };
  const takeFresh = (): Filing[] => {
    const filings = joinFilings(fresh);
    fresh = [];
    mirror.hold(filings);
    return filings;
  };
  const writeFresh = async (): Promise<void> => {
    await connect();
    while (fresh[0]) {
      // Timers of hidden pages are late.
      const pauseMillis = document.hidden ? 0 : nextWriteAtMillis - performance.now();
      if (pauseMillis > 0) await delay(pauseMillis);
      nextWriteAtMillis = performance.now() + STEP_MILLIS;
      await file(takeFresh());
    }
    writing = undefined;
  };
  const write = (): Promise<void> => {
    writing ??= writeFresh();
    return writing;
  };

  const hide = (): void => {
    const filings = takeFresh();
    const batches = sender.isQuiet() ? [] : mirror.pick(post.room());
    void file(filings, batches);
    for (const batch of batches) void sender.sendUnlocked(batch, [disk, memory]);
  };
  const urge = (): void => {
    void sender.send(true);
  };
  addEventListener("pagehide", hide, { signal });
  addEventListener("pagehide", tabs.leave, { signal });
  addEventListener("pageshow", tabs.join, { signal });
  addEventListener("online", urge, { signal });
  document.addEventListener(
    "visibilitychange",
    () => (document.visibilityState === "hidden" ? hide() : urge()),
    { signal },
  );
  wake(GATHER_MILLIS);

  return {
    add(items) {
      fresh.push(...items.map(mirror.encode));
      const isUrgent = items.some(({ type }) => type === "exception");
      void write().then(() => wake(isUrgent ? GATHER_ERRORS_MILLIS : GATHER_MILLIS));
    },
    async flush(timeoutMillis) {
      const endMillis = performance.now() + timeoutMillis;
      const attempt = async (): Promise<"sent" | "waiting"> => {
        await write();
        while (performance.now() < endMillis) {
          if (await sender.send(true)) return "sent";
          await delay(FLUSH_STEP_MILLIS);
        }
        return "waiting";
      };
      return within(timeoutMillis, attempt()).catch(() => "waiting" as const);
    },
    stored: write,
    async clear() {
      fresh = [];
      mirror.forget();
      tabs.tell(undefined);
      await writing;
      await memory.clear();
      await (await connect())?.clear().catch(() => {});
    },
    stop() {
      listening.abort();
      clearTimeout(timer);
      tabs.leave();
      void write().then(() => disk?.close());
    },
  };
}
