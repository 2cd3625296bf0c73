/**
 * Logs numbered lines for ever and prints, after each pause, the highest number of which all lines
 * up to it are known to be on disk. Started by crash.test.ts, which kills it.
 * Arguments: endpoint, spool folder, first number.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createDelivery } from "../../src/delivery.ts";
import { createLineSink } from "../../src/lines/line-sink.ts";

const LINES_PER_TURN = 20;
const LINES_PER_PAUSE = 100;

const [endpoint = "", directory = "", first = "1"] = process.argv.slice(2);
const delivery = createDelivery({ endpoint, spool: { directory } });
const scope = { name: "test", version: "1" };
const lines = createLineSink({ delivery, resource: {}, scope, delayMillis: 20 });

function isAllOnDisk(): boolean {
  const { memory, spool } = delivery.stats();
  return memory.batches === 0 && lines.queuedRecords() === 0 && (spool?.records ?? 0) > 0;
}

for (let number = Number(first); ; ) {
  for (const end = number + LINES_PER_PAUSE; number < end; ) {
    for (const turnEnd = number + LINES_PER_TURN; number < turnEnd; number += 1) {
      lines.emit({
        timeUnixMillis: Date.now(),
        severityNumber: 9,
        severityText: "info",
        body: `line ${number}`,
        attributes: {},
      });
    }
    await sleep(10);
  }
  // On a slow disk no moment between two turns may find everything written.
  while (!isAllOnDisk()) await sleep(5);
  process.stdout.write(`${number - 1}\n`);
}
