import type { Sightline } from "../sightline-options.ts";
import { type MatchedRoute, routeTemplate } from "./route-template.ts";
import { tellError } from "./tell-error.ts";

/** What is used of the state of a data router, in react-router 6.4 to 8. */
export interface DataRouterState {
  readonly navigation: { readonly state: string };
  readonly matches: readonly MatchedRoute[];
  /** By route: what its loader, action or lazy import threw. */
  readonly errors: Readonly<Record<string, unknown>> | null;
}

/** What `throw data(…, { status: 404 })` and an address without a route become: an answer, not a bug. */
interface ErrorResponse {
  readonly status: number;
  readonly statusText: string;
  readonly internal: boolean;
  readonly data: unknown;
}

const NO_ROUTE = "/*";
const SERVER_ERROR = 500;

/**
 * Tells of each state the template of the page that is shown, and the errors that an error element is
 * shown for, which React never hears of.
 */
export function createStateTeller(): (sightline: Sightline, state: DataRouterState) => void {
  let told: DataRouterState["errors"] = null;
  return (sightline, { errors, matches, navigation }) => {
    const all = Object.values(errors ?? {});
    // Going back changes the address first and the matches when everything is loaded.
    if (navigation.state === "idle") {
      sightline.setRoute(all.some(isNoRoute) ? NO_ROUTE : routeTemplate(matches));
    }
    // Each change of state brings the same errors again, until the next navigation.
    if (errors !== told) for (const error of all) tellRouteError(error);
    told = errors;
  };
}

function tellRouteError(error: unknown): void {
  if (!isErrorResponse(error)) tellError(error, { handled: true });
  else if (error.status >= SERVER_ERROR) {
    const { status, statusText } = error;
    tellError(new Error(`A route answered ${status} ${statusText}`), { handled: true });
  }
}

function isNoRoute(error: unknown): boolean {
  return isErrorResponse(error) && error.internal && error.status === 404;
}

function isErrorResponse(error: unknown): error is ErrorResponse {
  const candidate = (error ?? {}) as Partial<ErrorResponse>;
  return (
    typeof candidate.status === "number" &&
    typeof candidate.statusText === "string" &&
    typeof candidate.internal === "boolean" &&
    "data" in candidate
  );
}
