import { bareAddress, routePath } from "../page/address.ts";
import { later } from "../page/natives.ts";
import type { TraceContext } from "../traces/trace-context.ts";

/** Where the page is, as it is told. */
export interface Place {
  /** Without query and fragment, masked. */
  readonly url: string;
  /** Template of the route, where anybody told it. */
  readonly route: string | undefined;
}

export interface RoutesOptions {
  readonly routeOf: (path: string) => string | undefined;
  readonly mask: (text: string) => string;
  /** The address changed: what caused it, or is caused by it, is in this trace. */
  readonly onMoved: (path: string) => TraceContext;
  /** A page is shown; with its template if a router told it in time. */
  readonly onShown: (place: Place, path: string, trace: TraceContext) => void;
}

export interface Routes {
  place(): Place;
  /** The address may have changed. */
  moved(): void;
  setRoute(template: string): void;
  /** Tells at once what waits for a router. */
  settle(): void;
}

/**
 * A router names its route after the address has changed. An app that starts needs longer, and so may a
 * router that has named one before: it loads what the page needs first.
 */
const WAIT_MILLIS = 250;
const FIRST_WAIT_MILLIS = 2000;

export function createRoutes({ mask, onMoved, onShown, routeOf }: RoutesOptions): Routes {
  let path = "";
  let place: Place = { url: "", route: undefined };
  let trace: TraceContext | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hasRouter = false;

  const settle = (): void => {
    if (timer === undefined || trace === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    onShown(place, mask(path), trace);
  };
  const templateOf = (): string | undefined => {
    try {
      return routeOf(path);
    } catch {
      return undefined;
    }
  };
  const moved = (): void => {
    const next = routePath(location);
    if (next === path) return;
    settle();
    const isFirst = path === "";
    path = next;
    trace = onMoved(path);
    place = { url: mask(bareAddress(new URL(location.href))), route: templateOf() };
    timer = later(settle, isFirst || hasRouter ? FIRST_WAIT_MILLIS : WAIT_MILLIS);
  };

  return {
    place: () => place,
    moved,
    setRoute: (template) => {
      hasRouter = true;
      place = { ...place, route: String(template).slice(0, 256) };
      settle();
    },
    settle,
  };
}
