import { createDiskLink } from "./disk-link.ts";
import type { Outbox, OutboxOptions } from "./outbox.ts";
import { createPageRows } from "./page-rows.ts";
import { sumBytes } from "./plan.ts";
import { createPost } from "./post.ts";
import { createSender } from "./sender.ts";
import { joinTabs } from "./tabs.ts";

/** What the disk did not take waits in memory; then it is asked again. */
const REST_MILLIS = 30_000;
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
  const own = createPageRows(`${tab}.`);
  const post = createPost(fetch, urls);
  const link = createDiskLink(name);
  const listening = new AbortController();
  const { signal } = listening;
  let writing: Promise<void> | undefined;
  let writeAtMillis = 0;
  /** Bytes on disk at the last count, and what came since; the first write counts. */
  let diskBytes = Number.POSITIVE_INFINITY;
  let tellAtMillis = 0;
  let untoldBytes = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAtMillis = Number.POSITIVE_INFINITY;

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

  const tabs = joinTabs(name, (message) => {
    if (message.kind === "cleared") own.clear();
    else if (message.kind === "gone") own.forget(message.keys);
    else {
      diskBytes += message.bytes;
      wake(STAND_IN_MILLIS * (1 + Math.random()));
    }
  });
  const tell = (bytes: number): void => {
    diskBytes += bytes;
    untoldBytes += bytes;
    if (performance.now() < tellAtMillis) return;
    tabs.tell({ kind: "added", bytes: untoldBytes });
    untoldBytes = 0;
    tellAtMillis = performance.now() + TELL_MILLIS;
  };

  const sender = createSender({
    name,
    tab,
    own,
    post,
    link,
    isWriting: () => !!writing,
    wake,
    onGone(keys) {
      const foreign = keys.filter(([, , meta]) => !meta.startsWith(tab));
      if (foreign.length > 0) tabs.tell({ kind: "gone", keys: foreign });
    },
    warn,
  });

  const writeFresh = async (): Promise<void> => {
    const disk = await link.connect();
    try {
      while (disk && performance.now() >= writeAtMillis) {
        // What comes while one is written is the next: the store sets the pace, and no timer delays it.
        const filings = own.fresh();
        if (filings.length === 0) break;
        await disk.write(filings);
        own.markStored(filings);
        tell(sumBytes(filings.map(({ row }) => row.key)));
        if (diskBytes > maxBytes) diskBytes = await disk.evict(maxBytes);
      }
    } catch {
      writeAtMillis = performance.now() + REST_MILLIS;
    }
    writing = undefined;
  };
  const write = (): Promise<void> => {
    writing ??= writeFresh();
    return writing;
  };

  const hide = (): void => {
    const batches = sender.isQuiet()
      ? []
      : own.pick(post.keepaliveBytes(), post.keepaliveRequests());
    const filings = own.fresh();
    link
      .current()
      ?.write(filings, batches)
      .then(() => own.markStored(filings))
      .catch(() => {});
    sender.sendUnlocked(batches);
  };
  const urge = (): void => {
    void sender.send(true);
  };

  addEventListener("pagehide", hide, { signal });
  addEventListener("pagehide", tabs.close, { signal });
  addEventListener("pageshow", tabs.open, { signal });
  addEventListener("online", urge, { signal });
  document.addEventListener(
    "visibilitychange",
    () => (document.visibilityState === "hidden" ? hide() : urge()),
    { signal },
  );
  wake(GATHER_MILLIS);

  return {
    add(items) {
      for (const item of items) own.add(item);
      const isUrgent = items.some(({ type }) => type === "exception");
      void write().then(() => wake(isUrgent ? GATHER_ERRORS_MILLIS : GATHER_MILLIS));
    },
    async flush(timeoutMillis) {
      const untilMillis = performance.now() + timeoutMillis;
      const isOver = (): boolean => performance.now() >= untilMillis;
      const attempt = async (): Promise<"sent" | "waiting"> => {
        await write();
        while (!isOver()) {
          if (await sender.send(true)) return "sent";
          await delay(FLUSH_STEP_MILLIS);
        }
        return "waiting";
      };
      return Promise.race([attempt(), delay(timeoutMillis).then(() => "waiting" as const)]);
    },
    stored: write,
    async clear() {
      own.clear();
      tabs.tell({ kind: "cleared" });
      await writing;
      const disk = await link.connect();
      await disk?.clear().catch(() => {});
    },
    stop() {
      listening.abort();
      clearTimeout(timer);
      tabs.close();
      void write().then(link.close);
    },
  };
}

function delay(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
