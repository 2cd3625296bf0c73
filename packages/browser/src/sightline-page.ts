import type { TransportItem } from "@grafana/faro-core";
import { GATEWAY_PATH } from "@sightline/core";
import { createHeldItems } from "./held-items.ts";
import { resolveAddress } from "./page/address.ts";
import { attempt, outsideZones, safely } from "./page/natives.ts";
import { createMemoryStore, createStore, type Store } from "./page/storage.ts";
import { type PageWatch, watchPage } from "./page-watch.ts";
import { createOutbox } from "./queue/create-outbox.ts";
import type { Outbox, OutboxOptions } from "./queue/outbox.ts";
import { createSessions } from "./sessions/session.ts";
import { readVisitor } from "./sessions/visitor.ts";
import type { Sightline, SightlineOptions } from "./sightline-options.ts";
import { createPageRedactor } from "./text/page-redactor.ts";

const DEFAULT_URL = "/sl";
const DEFAULT_FLUSH_MILLIS = 5000;

/** One page and the user's consent: what watches it runs unless that is denied. */
export function createSightlinePage(options: SightlineOptions): Sightline {
  const { key } = options;
  const urls = gatewayUrls(options);
  const console_ = { ...console };
  const outboxOptions: OutboxOptions = {
    urls,
    key,
    ...(options.maxQueueBytes === undefined ? {} : { maxBytes: options.maxQueueBytes }),
    fetch: window.fetch.bind(window),
    warn: (text) => console_.warn(text),
  };
  const redactor = createPageRedactor(options.redact ?? []);
  const local = createStore(() => localStorage);
  const own = options.sessionScope === "tab" ? createStore(() => sessionStorage) : local;
  // One for all apps of the origin, and for the next key.
  const visitorKey = "sightline:visitor";
  const sessionKey = `sightline:session:${key}`;
  const held = createHeldItems();
  let consent = options.consent ?? "granted";
  let userId: string | undefined;
  let visitor: string | undefined;
  let outbox: Outbox | undefined;
  let watch: PageWatch | undefined;
  let isStopped = false;

  const send = (items: readonly TransportItem[]): void => {
    outsideZones(() => {
      outbox ??= createOutbox(outboxOptions);
      outbox.add(items);
    });
  };
  const deliver = (items: readonly TransportItem[]): void => {
    if (consent === "granted") send(items);
    else if (consent === "pending") for (const item of items) held.add(item);
  };
  const start = (): void => {
    const store: Store = consent === "granted" ? own : createMemoryStore();
    if (consent === "granted") visitor = readVisitor(local, visitorKey);
    watch = watchPage({
      options,
      redactor,
      own: urls,
      userId: () => userId,
      installationId: () => visitor,
      isConsented: () => consent === "granted",
      deliver,
      openSessions: (onChange) =>
        createSessions({
          store,
          storeKey: sessionKey,
          sampleRate: options.sampleRate ?? 1,
          now: Date.now,
          onChange,
        }),
    });
  };
  const grant = (): void => {
    if (watch === undefined) {
      start();
      return;
    }
    visitor = readVisitor(local, visitorKey);
    watch.sessions.moveTo(own);
    const { dropped, items } = held.take();
    const installationId = visitor;
    if (items.length > 0) {
      send(items.map((item) => withVisitor(item, installationId)));
    }
    if (dropped > 0) watch.signals.lose("queue_full", dropped);
  };
  const forget = (): void => {
    watch?.stop();
    watch = undefined;
    held.take();
    visitor = undefined;
    local.set(visitorKey, undefined);
    own.set(sessionKey, undefined);
    // Also of visits before this one.
    const forgotten = outbox ?? createOutbox(outboxOptions);
    outbox = undefined;
    void forgotten.clear().finally(() => forgotten.stop());
  };
  const begin = (): void => (consent === "denied" ? forget() : start());
  outsideZones(() => whenShown(() => !isStopped && begin()));

  return safeCalls({
    identify: (id) => {
      userId = id === undefined || id === null ? undefined : String(id);
    },
    reportError: (thrown, { attributes, componentStack, handled = true } = {}) =>
      watch?.desk.report({ thrown, channel: "report", handled, componentStack, attributes }),
    log: (level, text, attributes) => watch?.signals.log(level, String(text), attributes),
    setRoute: (template) => watch?.routes.setRoute(template),
    consent: (given) => {
      if (given === consent || isStopped) return;
      consent = given;
      outsideZones(given === "granted" ? grant : forget);
    },
    flush: async (timeoutMillis = DEFAULT_FLUSH_MILLIS) => {
      watch?.settle();
      if (consent === "pending") return "waiting";
      return (await outsideZones(() => outbox?.flush(timeoutMillis))) ?? "sent";
    },
    stop: () => {
      if (isStopped) return;
      watch?.stop();
      isStopped = true;
      watch = undefined;
      outbox?.stop();
    },
  });
}

function gatewayUrls({ fallbackUrl, key, url = DEFAULT_URL }: SightlineOptions): readonly string[] {
  return [url, fallbackUrl].flatMap((base) => {
    if (base === undefined) return [];
    const address = `${base.replace(/\/+$/, "")}${GATEWAY_PATH.collect}/${key}`;
    // Not by the page's `<base>`, which may be where its pictures come from.
    const ownAddress = attempt(() => new URL(address, location.origin)) ?? resolveAddress(address);
    return ownAddress === undefined ? [] : [ownAddress.href];
  });
}

function withVisitor(item: TransportItem, installationId: string): TransportItem {
  return { ...item, meta: { ...item.meta, app: { ...item.meta.app, installationId } } };
}

/** A page that is rendered in advance may never be seen; it begins when it is. */
function whenShown(work: () => void): void {
  const { prerendering } = document as { prerendering?: boolean };
  if (prerendering === true) document.addEventListener("prerenderingchange", work, { once: true });
  else work();
}

/** No call ever throws into the page. */
function safeCalls(sightline: Sightline): Sightline {
  const safe = <A extends unknown[]>(call: (...args: A) => void): ((...args: A) => void) =>
    safely((...args: A) => outsideZones(() => call(...args)));
  return {
    identify: safe(sightline.identify),
    reportError: safe(sightline.reportError),
    log: safe(sightline.log),
    setRoute: safe(sightline.setRoute),
    consent: safe(sightline.consent),
    flush: (timeoutMillis) => sightline.flush(timeoutMillis).catch(() => "waiting" as const),
    stop: safe(sightline.stop),
  };
}
