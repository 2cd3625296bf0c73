import type { Meta, TransportItem } from "@grafana/faro-core";
import { FARO, type TextRedactor } from "@sightline/core";
import { captureConsole } from "./console/capture-console.ts";
import { captureErrors } from "./errors/capture-errors.ts";
import { createErrorDesk, type ErrorDesk } from "./errors/error-desk.ts";
import { captureNavigation } from "./navigation/capture-navigation.ts";
import { createRoutes, type Place, type Routes } from "./navigation/routes.ts";
import { browserMeta } from "./page/browser-meta.ts";
import { listen, type Undo } from "./page/patch.ts";
import { captureFetch } from "./requests/capture-fetch.ts";
import { captureXhr } from "./requests/capture-xhr.ts";
import { createRequestWatch } from "./requests/request-watch.ts";
import type { Session, SessionChange, Sessions } from "./sessions/session.ts";
import type { ConsoleLevel, SightlineOptions } from "./sightline-options.ts";
import { startFaro } from "./signals/faro-page.ts";
import { maskItem } from "./signals/mask-item.ts";
import { BROWSER_ROUTE, ELEMENT, URL_PATH } from "./signals/names.ts";
import { createSignals, type Signals } from "./signals/signals.ts";
import { createActions } from "./traces/actions.ts";
import { describeClicked } from "./trail/describe-element.ts";
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

const DEFAULT_LEVELS: readonly ConsoleLevel[] = ["info", "warn", "error"];
/** What of web vitals is about the page that was loaded, wherever the user is by then. */
const OF_LANDING = ["lcp", "fcp", "ttfb"];

export function watchPage(page: PageWatchOptions): PageWatch {
  const { deliver, options, redactor } = page;
  const mask = redactor.text;
  const sampleRate = options.sampleRate ?? 1;
  const now = Date.now;
  const browser = browserMeta(navigator.userAgent, navigator.language);
  let landing: Place | undefined;
  let nameStep: ((text: string) => void) | undefined;
  let isLeaving = false;
  let isStopped = false;

  const isSampled = (): boolean => sessions.current().sampled;
  const pageMeta = ({ route, url } = routes.place()): Pick<Meta, "page" | "view"> => ({
    page: { url },
    ...(route === undefined ? {} : { view: { name: route } }),
  });
  const meta = (): Meta => {
    const userId = page.userId();
    const installationId = page.installationId();
    const session = sessions.current();
    return {
      app: {
        ...(options.release === undefined ? {} : { version: options.release }),
        ...(installationId === undefined ? {} : { installationId }),
      },
      sdk: { name: "@sightline/browser" },
      browser,
      session: {
        id: session.id,
        attributes: {
          ...(session.previousId === undefined ? {} : { previousSession: session.previousId }),
        },
      },
      ...(userId === undefined ? {} : { user: { id: userId } }),
      ...pageMeta(),
    };
  };
  const admit = (item: TransportItem): TransportItem | undefined => {
    if (isStopped || !isSampled()) return undefined;
    const { values } = item.payload as { values?: Record<string, number> };
    const isLanding = values !== undefined && OF_LANDING.some((name) => name in values);
    const placed = isLanding
      ? { ...item, meta: { ...item.meta, ...pageMeta(landing ?? routes.place()) } }
      : item;
    return maskItem(placed, redactor);
  };

  const sessions = page.openSessions((change, session) => tellSession(signals, change, session));
  const routes = createRoutes({
    routeOf: options.routeOf ?? (() => undefined),
    mask,
    onMoved: (path) => {
      nameStep = trail.add("navigation", path);
      return actions.current() ?? actions.begin("navigation", {});
    },
    onShown: ({ route }, path, trace) => {
      landing ??= routes.place();
      nameStep?.(route ?? path);
      signals.event(
        FARO.event.navigation,
        {
          [URL_PATH]: path,
          ...(route === undefined ? {} : { [BROWSER_ROUTE]: route }),
        },
        { trace },
      );
    },
  });
  const faro = startFaro({ meta, admit, deliver });
  const actions = createActions((span) => signals.span(span), now);
  const signals = createSignals({
    api: faro.api,
    now,
    currentTrace: () => actions.current(),
    sampleRate,
  });
  const trail = createTrail(mask, now);
  const desk = createErrorDesk({
    ignore: options.ignoreErrors ?? [],
    now,
    surroundings: () => ({ trace: actions.current(), trail: trail.entries() }),
    tell: (error, n) => {
      signals.error(error, n);
      trail.add("error", `${error.type}: ${error.message}`);
    },
  });
  const watch = createRequestWatch({
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
    routes.settle();
    desk.settle();
    actions.settle();
    signals.settle();
  };
  const onClick = (event: Event): void => {
    if (!event.isTrusted) return;
    const element = describeClicked(event.composedPath(), mask);
    if (element === undefined) return;
    const text = mask(element);
    trail.add("click", text);
    const trace = actions.begin("click", { [ELEMENT]: text });
    signals.event(FARO.event.userAction, { [ELEMENT]: text }, { trace });
  };
  const touch = (): void => sessions.touch();
  const onVisibility = (): void => {
    if (document.visibilityState === "hidden") settle();
    else touch();
  };

  const undos: readonly Undo[] = [
    captureConsole(options.consoleLevels ?? DEFAULT_LEVELS, {
      line: (level, text) => {
        signals.log(level, text);
        if (level === "warn" || level === "error") trail.add("console", text);
      },
      error: (thrown, text) => {
        const attributes = text === "" ? {} : { console: text };
        desk.report({ thrown, channel: "console", handled: true, attributes });
      },
    }),
    captureErrors({
      uncaught: (thrown, place) => {
        desk.report({ thrown, channel: "window", handled: false, place });
      },
      resourceFailed: (address) => watch.begin("GET", address, "")?.end(FAILED),
    }),
    captureFetch(watch),
    captureXhr(watch),
    captureNavigation(() => {
      touch();
      routes.moved();
    }),
    listen(window, "click", onClick),
    ...["pointerdown", "keydown", "wheel"].map((type) => listen(window, type, touch)),
    listen(document, "visibilitychange", onVisibility),
    listen(window, "pagehide", () => {
      isLeaving = true;
      settle();
    }),
    listen(window, "pageshow", () => {
      isLeaving = false;
      touch();
    }),
  ];
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
      for (const undo of undos) undo();
      faro.pause();
    },
  };
}

const FAILED = { kind: "failed", reason: "network" } as const;

function tellSession(signals: Signals, change: SessionChange, session: Session): void {
  const { sessionEnd, sessionResume, sessionStart } = FARO.event;
  if (change === "ended") signals.event(sessionEnd, {}, { atMillis: session.activeAt });
  else signals.event(change === "started" ? sessionStart : sessionResume, {});
}
