import type { TransportItem } from "@grafana/faro-core";
import { GATEWAY_PATH } from "@sightline/core";
import { createDelivery } from "./delivery.ts";
import { resolveAddress } from "./page/address.ts";
import { attempt, outsideZones, safely } from "./page/natives.ts";
import { createMemoryStore, createStore } from "./page/storage.ts";
import { type PageWatch, watchPage } from "./page-watch.ts";
import {
  createSessions,
  type Session,
  type SessionChange,
  type Sessions,
} from "./sessions/session.ts";
import { readVisitor } from "./sessions/visitor.ts";
import type { Sightline, SightlineOptions } from "./sightline-options.ts";
import { createPageRedactor } from "./text/page-redactor.ts";

const DEFAULT_URL = "/sl";
const DEFAULT_FLUSH_MILLIS = 5000;
/** One for all apps of the origin, and for the next key. */
const VISITOR_KEY = "sightline:visitor";

/** One page and the user's consent: what watches it runs unless that is denied. */
export function createSightlinePage(options: SightlineOptions): Sightline {
  const urls = gatewayUrls(options);
  const redactor = createPageRedactor(options.redact ?? []);
  const local = createStore(() => localStorage);
  const ofSession = options.sessionScope === "tab" ? createStore(() => sessionStorage) : local;
  const sessionKey = `sightline:session:${options.key}`;
  let consent = options.consent ?? "granted";
  let userId: string | undefined;
  let visitor: string | undefined;
  let watch: PageWatch | undefined;
  let state: "waiting" | "running" | "stopped" = "waiting";

  const delivery = createDelivery(outboxOptions(options, urls), consent === "granted");
  const openSessions = (onChange: (change: SessionChange, session: Session) => void): Sessions =>
    createSessions({
      store: consent === "granted" ? ofSession : createMemoryStore(),
      storeKey: sessionKey,
      sampleRate: options.sampleRate ?? 1,
      now: Date.now,
      onChange,
    });
  const startWatch = (): void => {
    watch = watchPage({
      options,
      redactor,
      own: urls,
      userId: () => userId,
      installationId: () => visitor,
      isConsented: () => consent === "granted",
      deliver: delivery.deliver,
      openSessions,
    });
  };
  const grant = (): void => {
    visitor = readVisitor(local, VISITOR_KEY);
    const installationId = visitor;
    const dropped = delivery.release((item) => withVisitor(item, installationId));
    if (watch === undefined) startWatch();
    else watch.sessions.moveTo(ofSession);
    if (dropped > 0) watch?.signals.lose("queue_full", dropped);
  };
  const forget = (): void => {
    // First, so that nothing of what the page tells at its end gets out.
    delivery.forget();
    watch?.stop();
    watch = undefined;
    visitor = undefined;
    local.set(VISITOR_KEY, undefined);
    ofSession.set(sessionKey, undefined);
  };
  const follow = (): void => {
    if (consent === "granted") grant();
    else if (consent === "denied") forget();
    else startWatch();
  };
  outsideZones(() =>
    whenShown(() => {
      if (state === "stopped") return;
      state = "running";
      follow();
    }),
  );

  return safeCalls({
    identify: (id) => {
      userId = id === undefined || id === null ? undefined : String(id);
    },
    reportError: (thrown, { attributes, componentStack, handled = true } = {}) =>
      watch?.desk.report({ thrown, channel: "report", handled, componentStack, attributes }),
    log: (level, text, attributes) => watch?.signals.log(level, String(text), attributes),
    setRoute: (template) => watch?.routes.setRoute(template),
    consent: (given) => {
      if (given === consent || (given !== "granted" && given !== "denied")) return;
      consent = given;
      if (state === "running") follow();
    },
    flush: async (timeoutMillis = DEFAULT_FLUSH_MILLIS) => {
      outsideZones(() => watch?.settle());
      return delivery.flush(timeoutMillis);
    },
    stop: () => {
      watch?.stop();
      watch = undefined;
      state = "stopped";
      delivery.stop();
    },
  });
}

function outboxOptions(
  { key, maxQueueBytes }: SightlineOptions,
  urls: readonly string[],
): Parameters<typeof createDelivery>[0] {
  const { warn } = console;
  return {
    urls,
    key,
    ...(maxQueueBytes === undefined ? {} : { maxBytes: maxQueueBytes }),
    fetch: window.fetch.bind(window),
    warn: (text) => warn.call(console, text),
  };
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
