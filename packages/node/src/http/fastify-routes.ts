import { listenToChannels } from "../listen-to-channels.ts";
import { setRoute } from "./route.ts";

type FastifyRequest = {
  readonly raw: object;
  readonly routeOptions?: { readonly url?: unknown };
};
type Fastify = {
  addHook(
    name: "onRequest",
    hook: (request: FastifyRequest, reply: unknown, done: () => void) => void,
  ): void;
};

/**
 * Names the routes of Fastify 5, and so of NestJS over it, for each instance made from now on. In a
 * hook of its own, before those of the host: what they refuse, such as a request without a login,
 * has its route too, which Fastify's channel for handlers would not know.
 */
export function watchFastifyRoutes(): () => void {
  return listenToChannels({
    "fastify.initialization"(message) {
      const { fastify } = message as { fastify: Fastify };
      fastify.addHook("onRequest", (request, _reply, done) => {
        const template = request.routeOptions?.url;
        if (typeof template === "string") setRoute(request.raw, template);
        done();
      });
    },
  });
}
