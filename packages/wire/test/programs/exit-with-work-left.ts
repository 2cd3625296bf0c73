/**
 * Sends one batch to a receiver that never answers and then has nothing more to do. If a socket or
 * timer of the delivery held the process, it would not end. Argument: endpoint.
 */
import { createDelivery } from "../../src/delivery.ts";

const delivery = createDelivery({
  endpoint: process.argv[2] ?? "",
  // Longer than any test, so that the request's own end cannot be what lets the process go.
  timeoutMillis: 3_600_000,
});
delivery.enqueue({
  signal: "logs",
  body: new Uint8Array(10),
  records: 1,
  severityNumber: 9,
  createdUnixMillis: Date.now(),
});
process.on("exit", () => process.stdout.write("ended by itself"));
