import { IncomingMessage } from "node:http";

/** Longer is no template that a person wrote. */
const MAX_ROUTE_CHARACTERS = 256;

const TEMPLATE: unique symbol = Symbol("sightline.route");
const EXPRESS_ROUTE: unique symbol = Symbol("sightline.expressRoute");

/** A request of `node:http`, or the stream of one of `node:http2`. */
export type Routed = { [TEMPLATE]?: string };
type ExpressRequest = Routed & { [EXPRESS_ROUTE]?: unknown; readonly baseUrl?: unknown };

/**
 * Names the route of a request, for what is not read by itself, which Express and Fastify are.
 *
 * @param request the request of `node:http` or `node:http2`: `request.raw` in Fastify, `ctx.req` in
 *   Koa.
 * @param template with parameters by name, `/items/:id`; never the path itself, which would make a
 *   new series for each item.
 */
export function setRoute(request: object, template: string): void {
  if (typeof request !== "object" || request === null || typeof template !== "string") return;
  // The objects that Node's http2 makes for its compatibility are known by their stream.
  const { stream } = request as { stream?: unknown };
  const isOfStream =
    !(request instanceof IncomingMessage) && typeof stream === "object" && stream !== null;
  ((isOfStream ? stream : request) as Routed)[TEMPLATE] = template.slice(0, MAX_ROUTE_CHARACTERS);
}

/** The route's template, or undefined when nobody named one: all of those are one series. */
export function readRoute(request: object): string | undefined {
  return (request as Routed)[TEMPLATE];
}

/**
 * Listens for the moment when Express (4 and 5, NestJS over it) sets `request.route`. Only then is
 * `baseUrl` the mount path of the router that matched: when a handler fails, Express resets it on
 * the way to the error handler, and `/items/:id` would be counted as `/:id`. Listens on the prototype
 * of all requests, since an accessor for each request costs more than all else about it.
 */
export function watchExpressRoutes(): () => void {
  const prototype = IncomingMessage.prototype;
  if (Object.hasOwn(prototype, "route")) return () => undefined;
  Object.defineProperty(prototype, "route", {
    configurable: true,
    enumerable: false,
    get(this: ExpressRequest): unknown {
      return this[EXPRESS_ROUTE];
    },
    set(this: ExpressRequest, value: unknown) {
      this[EXPRESS_ROUTE] = value;
      rememberExpressRoute(this, value);
    },
  });
  return () => {
    Reflect.deleteProperty(prototype, "route");
  };
}

function rememberExpressRoute(request: ExpressRequest, route: unknown): void {
  if (typeof route !== "object" || route === null) return;
  const path = (route as { path?: unknown }).path;
  if (path === undefined || path === null) return;
  const prefix = typeof request.baseUrl === "string" ? request.baseUrl : "";
  const suffix = path === "/" && prefix !== "" ? "" : String(path);
  setRoute(request, `${prefix}${suffix}`);
}
