import { identify } from "@sightline/node";
import express from "express";
import { createLogger, format, transports } from "winston";

const logger = createLogger({ format: format.json(), transports: [new transports.Console()] });
const orders = new Map([["7", { id: "7", total: 19.9 }]]);

const app = express();
app.use((request, _response, next) => {
  // Whoever your sign-in says it is. Only a hash of it ever leaves the process.
  identify(request.get("x-user"));
  next();
});

app.get("/orders/:id", (request, response) => {
  const order = orders.get(request.params.id);
  if (order === undefined) {
    logger.warn("order not found", { orderId: request.params.id });
    response.status(404).json({ error: "not found" });
    return;
  }
  logger.info("order read", { orderId: order.id });
  response.json(order);
});

app.get("/broken", () => {
  throw new Error("the till is empty");
});

app.use((error, request, response, _next) => {
  logger.error("request failed", { error, path: request.path });
  response.status(500).json({ error: "something went wrong" });
});

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  logger.info(`listening on http://127.0.0.1:${server.address().port}`);
});
