import type { TransportItem } from "@grafana/faro-core";
import { FARO, type TextRedactor } from "@sightline/core";
import { capturePage } from "./capture-page.ts";
import { createErrorDesk, type ErrorDesk } from "./errors/error-desk.ts";
import { createRoutes, type Place, type Routes } from "./navigation/routes.ts";
import { createPageMeta, placeVital } from "./page/page-meta.ts";
import { createRequestWatch } from "./requests/request-watch.ts";
import type { Session, SessionChange, Sessions } from "./sessions/session.ts";
import type { SightlineOptions } from "./sightline-options.ts";
import { startFaro } from "./signals/faro-page.ts";
import { maskItem } from "./signals/mask-item.ts";
import { BROWSER_ROUTE, URL_PATH } from "./signals/names.ts";
import { createSignals, type Signals } from "./signals/signals.ts";
import { createActions } from "./traces/actions.ts";
import { createTrail } from "./trail/trail.ts";

export interface PageWatchOptions {
  readonly options: SightlineOptions;
  /** Made with `onSession` as what it tells of changes. */
  readonly openSessions: (onSession: (change: SessionChange, session: Session) => void) => Sessions;
  readonly redactor: TextRedactor;
  /** Addresses of the gateway. */
  readonly own: readonly string[];
  readonly userId: () => string | undefined;
  readonly installationId: () => string | undefined;
  /** Whether what is told leaves the page: only then requests get trace headers. */
  readonly isConsented: () => boolean;
  readonly deliver: (items: readonly TransportItem[]) => void;
}

/** Everything that watches one page, from its beginning to `stop`. */
export interface PageWatch {
  readonly desk: ErrorDesk;
  readonly routes: Routes;
  readonly signals: Signals;
  readonly sessions: Sessions;
  /** Tells all that is held back: the page is about to go. */
  settle(): void;
  stop(): void;
}

/** Composes what watches a page. The parts know each other by calls alone, hence the order is free. */
export function watchPage(page: PageWatchOptions): PageWatch {
  const { deliver, options, redactor } = page;
  const mask = redactor.text;
  const now = Date.now;
  let landing: Place | undefined;
  let isLeaving = false;
  let isStopped = false;

  const isSampled = (): boolean => sessions.current().sampled;
  const admit = (item: TransportItem): TransportItem | undefined => {
    if (isStopped || !isSampled()) return undefined;
    return maskItem(placeVital(item, landing ?? routes.place()), redactor);
  };
  const sessions = page.openSessions((change, session) => tellSession(signals, change, session));
  const trail = createTrail(mask, now);
  let nameStep: ((text: string) => void) | undefined;
  const routes = createRoutes({
    routeOf: options.routeOf ?? (() => undefined),
    mask,
    onMoved: (path) => {
      nameStep = trail.add("navigation", path);
      return actions.current() ?? actions.begin("navigation", {});
    },
    onShown: (place, path, trace) => {
      const { route } = place;
      landing ??= place;
      nameStep?.(route ?? path);
      const template = route === undefined ? {} : { [BROWSER_ROUTE]: route };
      signals.event(FARO.event.navigation, { [URL_PATH]: path, ...template }, { trace });
    },
  });
  const { installationId, userId } = page;
  const meta = createPageMeta({
    release: options.release,
    userId,
    installationId,
    session: () => sessions.current(),
    place: () => routes.place(),
  });
  const faro = startFaro({ meta, admit, deliver });
  const actions = createActions((span) => signals.span(span), now);
  const signals = createSignals({
    api: faro.api,
    now,
    currentTrace: () => actions.current(),
    sampleRate: options.sampleRate ?? 1,
  });
  const desk = createErrorDesk({
    ignore: options.ignoreErrors ?? [],
    now,
    surroundings: () => ({ trace: actions.current(), trail: trail.entries() }),
    tell: (error, n) => {
      signals.error(error, n);
      trail.add("error", `${error.type}: ${error.message}`);
    },
  });
  const requests = createRequestWatch({
    actions,
    own: page.own,
    traceOrigins: options.traceOrigins ?? [],
    failedStatus: options.failedStatus ?? ((status) => status >= 500),
    isTold: () => page.isConsented() && isSampled(),
    isLeaving: () => isLeaving,
    tellSpan: (span) => signals.span(span),
    tellFailed: ({ attributes, text, trace }) => {
      trail.add("request", text);
      signals.event(FARO.event.requestFailed, attributes, { trace });
    },
  });
  const settle = (): void => {
    for (const part of [routes, desk, actions, signals]) part.settle();
  };
  const undo = capturePage({
    consoleLevels: options.consoleLevels,
    actions,
    desk,
    requests,
    signals,
    trail,
    mask,
    onTouched: () => sessions.touch(),
    onMoved: () => routes.moved(),
    onHidden: settle,
    onLeaving: (leaving) => {
      isLeaving = leaving;
    },
  });
  actions.begin("load", {});
  routes.moved();
  sessions.open();

  return {
    desk,
    routes,
    signals,
    sessions,
    settle,
    stop: () => {
      settle();
      isStopped = true;
      undo();
      faro.pause();
    },
  };
}

function tellSession(signals: Signals, change: SessionChange, session: Session): void {
  const { sessionEnd, sessionResume, sessionStart } = FARO.event;
  if (change === "ended") signals.event(sessionEnd, {}, { atMillis: session.activeAt });
  else signals.event(change === "started" ? sessionStart : sessionResume, {});
}
