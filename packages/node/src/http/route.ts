import type { IncomingMessage } from "node:http";

/** Longer is no template that a person wrote. */
const MAX_ROUTE_CHARACTERS = 256;

const templates = new WeakMap<IncomingMessage, string>();

/**
 * Names the route of a request, for frameworks other than Express, which is read by itself.
 *
 * @param request the request of `node:http`: `request.raw` in Fastify, `ctx.req` in Koa.
 * @param template with parameters by name, `/items/:id`; never the path itself, which would make a
 *   new series for each item.
 */
export function setRoute(request: IncomingMessage, template: string): void {
  if (typeof request !== "object" || request === null || typeof template !== "string") return;
  templates.set(request, template.slice(0, MAX_ROUTE_CHARACTERS));
}

/** The route's template, or undefined when nobody named one. */
export function readRoute(request: IncomingMessage): string | undefined {
  return templates.get(request);
}

/**
 * Listens for the moment when Express (4 and 5) sets `request.route`. Only then is `baseUrl` the
 * mount path of the router that matched: when a handler fails, Express resets it on the way to the
 * error handler, and `/items/:id` would be counted as `/:id`.
 */
export function watchExpressRoute(request: IncomingMessage): void {
  let route: unknown;
  Object.defineProperty(request, "route", {
    configurable: true,
    enumerable: false,
    get: () => route,
    set(value: unknown) {
      route = value;
      rememberExpressRoute(request, value);
    },
  });
}

function rememberExpressRoute(request: IncomingMessage, route: unknown): void {
  if (typeof route !== "object" || route === null) return;
  const path = (route as { path?: unknown }).path;
  if (path === undefined || path === null) return;
  const mount = (request as { baseUrl?: unknown }).baseUrl;
  const prefix = typeof mount === "string" ? mount : "";
  const suffix = path === "/" && prefix !== "" ? "" : String(path);
  setRoute(request, `${prefix}${suffix}`);
}
