// One candidate: writes numbered lines at a steady rate, then waits to be ended.
// `node outage.mjs <module> <json>`
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [modulePath, json] = process.argv.slice(2);
const { linesPerSecond, seconds, run, ...options } = JSON.parse(json);
const { open } = await import(pathToFileURL(modulePath).href);
const { write } = open(options);
process.send("ready");

const TURN_MILLIS = 50;
const total = linesPerSecond * seconds;
const startedAt = performance.now();
for (let number = 0; number < total; ) {
  const due = Math.min(
    total,
    Math.floor(((performance.now() - startedAt) / 1_000) * linesPerSecond),
  );
  for (; number < due; ) {
    number += 1;
    write(`run ${run} line ${number} order accepted`, {
      number,
      part: "orders",
      durationMillis: 12,
    });
  }
  await delay(TURN_MILLIS);
}
process.send("written");
setInterval(() => {}, 60_000);
