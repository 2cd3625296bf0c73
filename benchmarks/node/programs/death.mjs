// One candidate: writes numbered lines in one go and dies as told. `node death.mjs <module> <json>`
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [modulePath, json] = process.argv.slice(2);
const { lines, death, run, ...options } = JSON.parse(json);
const { open } = await import(pathToFileURL(modulePath).href);
const { write, flush } = open(options);

/** How a process can end. Each is called in the turn in which the lines were written. */
const DEATHS = {
  SIGKILL: () => process.kill(process.pid, "SIGKILL"),
  SIGTERM: () => {
    // A service has something open, so that it is the signal that ends it.
    setTimeout(() => {}, 60_000);
    process.kill(process.pid, "SIGTERM");
  },
  "process.exit": () => process.exit(1),
  throw: () => {
    setImmediate(() => {
      throw new TypeError("a bug of the service");
    });
  },
  rejection: () => {
    void Promise.reject(new TypeError("a rejection that nobody handles"));
  },
  "heap limit": () => {
    const kept = [];
    for (;;) kept.push(new Array(10_000).fill(kept.length));
  },
  "out of memory": () => {
    const kept = [];
    for (;;) kept.push(Buffer.alloc(8_000_000, 1));
  },
  /** The process after the one that died: what it still can send, it sends. */
  "next start": async () => {
    await delay(1_500);
    await Promise.race([flush(), delay(10_000)]);
    process.exit(0);
  },
};

// After the first turns of a service: what is loaded lazily is loaded.
await delay(300);
for (let number = 1; number <= lines; number += 1) {
  write(`run ${run} line ${number} before the end`, { number, part: "orders" });
}
await DEATHS[death]();
