import type { TransportItem } from "@grafana/faro-web-sdk";
import { afterEach, expect, test, vi } from "vitest";
import { createQueue, type Queue } from "../../src/queue/queue.ts";
import { encodeItem, type Filing, joinFilings, type Key } from "../../src/queue/row.ts";
import {
  createMemoryShelf,
  type Entry,
  flightKey,
  META,
  type Shelf,
} from "../../src/queue/table.ts";

const NOW = Date.UTC(2026, 10, 23);
afterEach(() => {
  vi.useRealTimers();
});

let added = 0;
function line(message: string, meta = "a", atMillis = Date.now() + added++ / 1_000): Filing {
  const item = { type: "log", payload: { message }, meta: {} } as unknown as TransportItem;
  return { row: encodeItem(item, atMillis, meta), meta: `{"of":"${meta}"}` };
}
function createRig(maxBytes = 1_000_000): { shelf: Shelf; queue: Queue; evicted: Key[] } {
  const shelf = createMemoryShelf();
  const evicted: Key[] = [];
  const queue = createQueue(shelf, maxBytes, (keys) => evicted.push(...keys));
  return { shelf, queue, evicted };
}
const entriesOf = (shelf: Shelf): Promise<(Entry | undefined)[]> =>
  shelf.run(async (table) => Promise.all((await table.getAllKeys()).map((key) => table.get(key))));
const messages = (rows: readonly { readonly texts: readonly string[] }[] = []): string[] =>
  rows.flatMap(({ texts }) => texts.map((text) => JSON.parse(text).message));

test("what was taken comes again as it was until somebody settles it", async () => {
  const { queue } = createRig();
  await queue.write([line("one"), line("two")]);
  const first = (await queue.take(false)).batch;
  await queue.write([line("three")]);
  const again = (await queue.take(false)).batch;
  expect(again).toEqual(first);
  expect(messages(again?.rows)).toEqual(["one", "two"]);
  if (again) await queue.settle(again, "sent");
  expect(messages((await queue.take(false)).batch?.rows)).toEqual(["three"]);
});

test("rows of another meta wait for a batch of their own, each with its own", async () => {
  const { queue } = createRig();
  await queue.write([line("one", "a"), line("two", "b"), line("three", "a")]);
  const first = (await queue.take(false)).batch;
  expect([first?.meta, messages(first?.rows)]).toEqual(['{"of":"a"}', ["one", "three"]]);
  if (first) await queue.settle(first, "sent");
  const second = (await queue.take(false)).batch;
  expect([second?.meta, messages(second?.rows)]).toEqual(['{"of":"b"}', ["two"]]);
});

test("nothing is left of an empty queue but its pace", async () => {
  const { queue, shelf } = createRig();
  await queue.write([line("one"), line("two", "b")]);
  for (let turn = await queue.take(false); turn.batch; turn = await queue.take(false)) {
    await queue.settle(turn.batch, "sent");
  }
  expect(await entriesOf(shelf)).toEqual([]);
});

test("what is sent without the lock waits for its answer, and then comes again", async () => {
  vi.useFakeTimers({ now: NOW });
  const { queue } = createRig();
  const filing = line("hidden");
  const batch = { flight: flightKey([filing.row]), rows: [filing.row], meta: "{}" };
  await queue.write([filing], [batch]);
  const early = await queue.take(false);
  expect([early.batch, early.waitMillis]).toEqual([undefined, 10_000]);
  vi.setSystemTime(NOW + 10_001);
  const late = await queue.take(false);
  expect(messages(late.batch?.rows)).toEqual(["hidden"]);
});

test("halves lead to the one bad item, also inside a row of several", async () => {
  const { queue, shelf } = createRig();
  const texts = Array.from({ length: 50 }, (_, index) => line(`line ${index}`));
  await queue.write(joinFilings(texts));
  const sent: string[] = [];
  for (let turn = await queue.take(false); turn.batch; turn = await queue.take(false)) {
    const { batch } = turn;
    const found = messages(batch.rows);
    const isBad = found.includes("line 17");
    await queue.settle(batch, isBad ? (found.length > 1 ? "split" : "refused") : "sent");
    if (!isBad) sent.push(...found);
  }
  const all = texts.flatMap(({ row }) => messages([row]));
  expect(sent.filter((text) => text !== undefined).toSorted()).toEqual(
    all.filter((text) => text !== "line 17").toSorted(),
  );
  const left = await entriesOf(shelf);
  expect(left).toHaveLength(1);
  expect(JSON.stringify(left)).toContain("line 17");
});

test("a refused item leaves no sample where consent was withdrawn meanwhile", async () => {
  const { queue, shelf } = createRig();
  await queue.write([line("secret")]);
  const { batch } = await queue.take(false);
  await queue.clear();
  if (batch) await queue.settle(batch, "refused");
  expect(JSON.stringify(await entriesOf(shelf))).not.toContain("secret");
});

test("a tab without locks sends alone, until it is done or has been silent for long", async () => {
  vi.useFakeTimers({ now: NOW });
  const { queue } = createRig();
  await queue.write([line("one")]);
  expect((await queue.take(false, "first")).batch).toBeDefined();
  expect(await queue.take(false, "second")).toMatchObject({ waitMillis: 90_000 });
  vi.setSystemTime(NOW + 90_001);
  const { batch } = await queue.take(false, "second");
  expect(messages(batch?.rows)).toEqual(["one"]);
  if (batch) await queue.settle(batch, "sent");
  expect(await queue.take(false, "second")).toMatchObject({ waitMillis: 0 });
  expect(await queue.take(false, "first")).toMatchObject({ waitMillis: 0 });
});

test("a lease of a clock that has been put right holds nobody", async () => {
  vi.useFakeTimers({ now: NOW + 365 * 86_400_000 });
  const { queue } = createRig();
  await queue.write([line("one")]);
  await queue.take(false, "first");
  vi.setSystemTime(NOW);
  expect((await queue.take(false, "second")).batch).toBeDefined();
});

test("what is dropped for room is told once, and named to whoever holds a copy", async () => {
  const { queue, shelf, evicted } = createRig(2_000);
  for (let index = 0; index < 100; index++) await queue.write([line(`line ${index} of many`)]);
  const rows = (await entriesOf(shelf)).filter((entry) => entry && entry.key[0] < META);
  const told = rows.flatMap((row) => (row && "lost" in row && row.lost ? [row.lost] : []));
  const lost = told.reduce((sum, { queue_full = 0 }) => sum + queue_full, 0);
  expect(lost + rows.length - told.length).toBe(100);
  expect(evicted.length).toBeGreaterThanOrEqual(lost);
});

test("more metas than are read at once do not hide the items", async () => {
  const { queue } = createRig();
  await queue.write(Array.from({ length: 1_100 }, (_, index) => line(`${index}`, `meta ${index}`)));
  let count = 0;
  for (let turn = await queue.take(false); turn.batch; turn = await queue.take(false)) {
    count += turn.batch.rows.length;
    await queue.settle(turn.batch, "sent");
  }
  expect(count).toBe(1_100);
});
