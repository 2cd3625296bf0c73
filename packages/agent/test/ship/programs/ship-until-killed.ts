/**
 * Ships numbered lines from where the journal says it got to. Started by kill.test.ts, which kills it.
 * Arguments: endpoint, journal folder, and lines per source after which it ends (`Infinity`: never).
 * Prints `ready`, and at an orderly end what it knows as JSON.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createDelivery, systemClock } from "@sightline/wire";
import { createAccounts } from "../../../src/accounts/accounts.ts";
import { openShipper } from "../../../src/ship/open-shipper.ts";
import { isLeftOut, makeEntry, type NumberedSource, SOURCES } from "../support/numbered-lines.ts";

const [endpoint = "", directory = "", linesLeft = "Infinity"] = process.argv.slice(2);
const delivery = createDelivery({
  endpoint,
  timeoutMillis: 400,
  maxMemoryBytes: 16 * 1024 * 1024,
  retry: { initialMillis: 10, maxMillis: 50 },
});
const accounts = createAccounts();
const said: string[] = [];
const opened = await openShipper({
  directory,
  maxBytes: 64 * 1024 * 1024,
  delivery,
  accounts,
  clock: systemClock,
  batchMillis: 15,
  batchBytes: 16 * 1024,
  checkpointMillis: 30,
  log: (text) => said.push(text),
});
if (opened.status !== "open") throw new Error(opened.message);
const { shipper } = opened;
for (const { life, identity } of SOURCES) accounts.open({ life, service: identity.service });
process.stdout.write("ready\n");

const numbers = new Map(SOURCES.map(({ name }) => [name, Number(shipper.positionOf(name) ?? 0)]));
const ends = new Map([...numbers].map(([name, number]) => [name, number + Number(linesLeft)]));

function shipSome(source: NumberedSource, count: number): void {
  const entries = [];
  let left = 0;
  let number = numbers.get(source.name) ?? 0;
  const end = Math.min(number + count, ends.get(source.name) ?? 0);
  if (number === end) return;
  while (number < end) {
    number += 1;
    if (isLeftOut(number)) left += 1;
    else entries.push(makeEntry(source, number));
  }
  numbers.set(source.name, number);
  const read = { source: source.name, position: number, life: source.life };
  shipper.ship({
    identity: source.identity,
    entries,
    read: left === 0 ? read : { ...read, dropped: { rate_limited: left } },
  });
}

const isDone = (): boolean => SOURCES.every(({ name }) => numbers.get(name) === ends.get(name));
while (!isDone()) {
  for (const source of SOURCES) shipSome(source, 1 + Math.floor(Math.random() * 30));
  await shipper.room(false);
  await sleep(3);
}
await shipper.shutdown(20_000);
await delivery.shutdown(1_000);
const { waitingRecords, journalBytes, corruptFiles } = shipper.stats();
process.stdout.write(
  `${JSON.stringify({
    numbers: Object.fromEntries(numbers),
    accounts: accounts.list(),
    waitingRecords,
    journalBytes,
    corruptFiles,
    said,
  })}\n`,
);
