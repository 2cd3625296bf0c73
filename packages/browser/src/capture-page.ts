import { FARO } from "@sightline/core";
import { captureConsole } from "./console/capture-console.ts";
import { captureErrors } from "./errors/capture-errors.ts";
import type { ErrorDesk } from "./errors/error-desk.ts";
import { captureNavigation } from "./navigation/capture-navigation.ts";
import { listen, type Undo } from "./page/patch.ts";
import { captureFetch } from "./requests/capture-fetch.ts";
import { captureXhr } from "./requests/capture-xhr.ts";
import type { RequestWatch } from "./requests/request-watch.ts";
import type { ConsoleLevel } from "./sightline-options.ts";
import { ELEMENT } from "./signals/names.ts";
import type { Signals } from "./signals/signals.ts";
import type { Actions } from "./traces/actions.ts";
import { describeClicked } from "./trail/describe-element.ts";
import type { Trail } from "./trail/trail.ts";

export interface CaptureOptions {
  readonly consoleLevels: readonly ConsoleLevel[] | undefined;
  readonly actions: Actions;
  readonly desk: ErrorDesk;
  readonly requests: RequestWatch;
  readonly signals: Signals;
  readonly trail: Trail;
  readonly mask: (text: string) => string;
  /** The user did something. */
  readonly onTouched: () => void;
  /** The address may have changed. */
  readonly onMoved: () => void;
  /** The page is hidden, and may never be shown again. */
  readonly onHidden: () => void;
  /** It is about to go, or is back from the browser's cache. */
  readonly onLeaving: (isLeaving: boolean) => void;
}

const DEFAULT_LEVELS: readonly ConsoleLevel[] = ["info", "warn", "error"];
const TOUCHES = ["pointerdown", "keydown", "wheel"];
const FAILED = { kind: "failed", reason: "network" } as const;

/** Every hook into the page. To add one, add a row. */
export function capturePage(options: CaptureOptions): Undo {
  const { onHidden, onLeaving, onMoved, onTouched, requests } = options;
  const undos: readonly Undo[] = [
    watchConsole(options),
    watchErrors(options),
    watchClicks(options),
    captureFetch(requests),
    captureXhr(requests),
    captureNavigation(() => {
      onTouched();
      onMoved();
    }),
    ...TOUCHES.map((type) => listen(window, type, onTouched)),
    listen(document, "visibilitychange", () =>
      document.visibilityState === "hidden" ? onHidden() : onTouched(),
    ),
    listen(window, "pagehide", () => {
      onLeaving(true);
      onHidden();
    }),
    listen(window, "pageshow", () => {
      onLeaving(false);
      onTouched();
    }),
  ];
  return () => {
    for (const undo of undos) undo();
  };
}

function watchConsole({ consoleLevels, desk, signals, trail }: CaptureOptions): Undo {
  return captureConsole(consoleLevels ?? DEFAULT_LEVELS, {
    line: (level, text) => {
      signals.log(level, text);
      if (level === "warn" || level === "error") trail.add("console", text);
    },
    error: (thrown, text) => {
      const attributes = text === "" ? {} : { console: text };
      desk.report({ thrown, channel: "console", handled: true, attributes });
    },
  });
}

function watchErrors({ desk, requests }: CaptureOptions): Undo {
  return captureErrors({
    uncaught: (thrown, place) => desk.report({ thrown, channel: "window", handled: false, place }),
    // Not traced: the browser has sent it without a header of ours.
    resourceFailed: (address) => requests.begin("GET", address, "")?.end(FAILED),
  });
}

/** A click is the root of what it causes. Those that scripts make are not the user's. */
function watchClicks({ actions, mask, signals, trail }: CaptureOptions): Undo {
  return listen(window, "click", (event) => {
    if (!event.isTrusted) return;
    const described = describeClicked(event.composedPath(), mask);
    if (described === undefined) return;
    const element = mask(described);
    trail.add("click", element);
    const attributes = { [ELEMENT]: element };
    const trace = actions.begin("click", attributes);
    signals.event(FARO.event.userAction, attributes, { trace });
  });
}
