import type { AccessLogConfig } from "@sightline/core";
import { toRouteByRule } from "./route-rules.ts";
import { createRouteMatcher } from "./route-templates.ts";

/** Counted together once a service has too many routes; the same as the Node SDK's. */
export const OTHER_ROUTE = "_other";

export interface RouteOverflow {
  readonly service: string;
  /** The route that did not fit any more. */
  readonly route: string;
  readonly maxRoutes: number;
  /** The beginning of the path that most of the known routes share, with their number. */
  readonly crowded: { readonly prefix: string; readonly routes: number };
}

/** One message for people: which service, which paths, what to write. */
export function describeRouteOverflow({
  service,
  route,
  maxRoutes,
  crowded,
}: RouteOverflow): string {
  return `The service "${service}" has more than ${maxRoutes} routes: "${route}" and all other new ones are counted together as "${OTHER_ROUTE}". Most of them (${crowded.routes}) begin with "${crowded.prefix}"; give them one template, as in accessLogs.routes: {"${service}": ["${crowded.prefix}{name}"]}`;
}

export interface Routes {
  /**
   * Template of a path, or undefined: no route, as the Node SDK has it for what nothing in the
   * service answers to.
   */
  nameOf(service: string, path: string, status: number | undefined): string | undefined;
  forget(service: string): void;
}

/**
 * Names routes and bounds how many there are. A path makes a new route only when its answer says
 * that the service knows it: scanners ask for `/.env` and `/wp-login.php`, and get 404, 400, 403, or
 * a redirect of everything to HTTPS. Once known, a route takes every status.
 */
export function createRoutes(
  config: Pick<AccessLogConfig, "routes" | "maxRoutes">,
  onOverflow: (overflow: RouteOverflow) => void,
): Routes {
  const matchers = new Map(
    Object.entries(config.routes).map(([service, own]) => [service, createRouteMatcher(own)]),
  );
  const services = new Map<string, ServiceRoutes>();

  return {
    nameOf(service, path, status) {
      const template = matchers.get(service)?.(path);
      if (template !== undefined) return template;
      let known = services.get(service);
      if (known === undefined) {
        known = { names: new Set(), fromErrors: 0, isFull: false };
        services.set(service, known);
      }
      const route = toRouteByRule(path);
      if (known.names.has(route)) return route;
      const proof = proofOf(status);
      if (proof === "none") return undefined;
      if (hasRoom(known, proof, config.maxRoutes)) {
        known.names.add(route);
        if (proof === "error") known.fromErrors += 1;
        return route;
      }
      if (!known.isFull && proof === "answer") {
        known.isFull = true;
        const { maxRoutes } = config;
        onOverflow({ service, route, maxRoutes, crowded: findCrowded(known.names) });
      }
      return OTHER_ROUTE;
    },
    forget: (service) => void services.delete(service),
  };
}

interface ServiceRoutes {
  readonly names: Set<string>;
  /** Routes that so far only a 5xx has shown. */
  fromErrors: number;
  isFull: boolean;
}

/** While everything fails, everything that anybody asks for looks like a route. */
const ERROR_SHARE = 0.25;

function hasRoom(known: ServiceRoutes, proof: "answer" | "error", maxRoutes: number): boolean {
  if (known.names.size >= maxRoutes) return false;
  return proof === "answer" || known.fromErrors < maxRoutes * ERROR_SHARE;
}

/** 301 and 308 are what a proxy answers to every path there is; 302, 303 and 307 come from code. */
function proofOf(status: number | undefined): "answer" | "error" | "none" {
  if (status === undefined) return "none";
  if (status >= 500) return "error";
  const isOfCode = status === 302 || status === 303 || status === 304 || status === 307;
  return isOfCode || (status >= 200 && status < 300) ? "answer" : "none";
}

/** For people: where the routes are that a template would take together. */
function findCrowded(routes: ReadonlySet<string>): { prefix: string; routes: number } {
  const counts = new Map<string, number>();
  for (const route of routes) {
    const prefix = route.slice(0, route.lastIndexOf("/") + 1);
    counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const [prefix = "/", count = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  return { prefix, routes: count };
}
