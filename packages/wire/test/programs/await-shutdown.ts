/**
 * Enqueues and awaits shutdown, with nothing else that keeps the process alive. Arguments:
 * endpoint, number of batches.
 */
import { createDelivery } from "../../src/delivery.ts";

const delivery = createDelivery({ endpoint: process.argv[2] ?? "" });
for (let n = 0; n < Number(process.argv[3]); n += 1) {
  delivery.enqueue({
    signal: "logs",
    body: new TextEncoder().encode(`batch ${n}`),
    records: 1,
    severityNumber: 9,
    createdUnixMillis: Date.now(),
  });
}
const result = await delivery.shutdown(10_000);
process.stdout.write(result.status);
