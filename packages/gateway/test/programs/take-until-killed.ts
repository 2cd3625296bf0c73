/**
 * Takes numbered beacons, eight at a time, and prints the number of each that is safe. Started by
 * outage.test.ts, which kills it. Arguments: endpoint of the collector, spool folder.
 */
import { GATEWAY_APP_DEFAULTS, GATEWAY_DEFAULTS } from "@sightline/core";
import { createDelivery, createUserKey, systemClock } from "@sightline/wire";
import { createMetricStore } from "@sightline/wire/metrics";
import { createIntake } from "../../src/intake/create-intake.ts";

const [endpoint = "", directory = ""] = process.argv.slice(2);
const resource = {};
const intake = createIntake({
  config: GATEWAY_DEFAULTS,
  hostName: "vm-1",
  mapsFolder: directory,
  userKey: createUserKey("a secret for the tests"),
  delivery: createDelivery({ endpoint, spool: { directory } }),
  store: createMetricStore({ scope: "test" }),
  resourceOf: () => resource,
  clock: systemClock,
  log: (text) => process.stderr.write(`${text}\n`),
});
const app = { ...GATEWAY_APP_DEFAULTS, serviceName: "shop-web", keys: [] };
let next = 0;

async function takeForEver(): Promise<never> {
  for (;;) {
    const number = next++;
    const nowMillis = Date.now();
    const payload = { logs: [{ message: `beacon ${number}`, timestamp: nowMillis }] };
    const outcome = await intake.take({
      app,
      payload,
      bytes: 100,
      receivedAtMillis: nowMillis,
      sentAtMillis: nowMillis,
    });
    if (outcome.status === "safe") process.stdout.write(`${number}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, takeForEver));
