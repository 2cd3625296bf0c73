import { identify } from "@sightline/node";
import Fastify from "fastify";

// Fastify logs with pino, which is captured as it is.
const app = Fastify({ logger: true });
const orders = new Map([["7", { id: "7", total: 19.9 }]]);

app.addHook("onRequest", async (request) => {
  // Whoever your sign-in says it is. Only a hash of it ever leaves the process.
  identify(request.headers["x-user"]);
});

app.get("/orders/:id", async (request, reply) => {
  const order = orders.get(request.params.id);
  if (order === undefined) {
    request.log.warn({ orderId: request.params.id }, "order not found");
    return reply.code(404).send({ error: "not found" });
  }
  request.log.info({ orderId: order.id }, "order read");
  return order;
});

// Fastify logs the error and answers 500 by itself.
app.get("/broken", async () => {
  throw new Error("the till is empty");
});

await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" });
