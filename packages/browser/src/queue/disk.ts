import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { CALM, type Fate, type Pace } from "./pace.ts";
import { isTooOld, planBatch, planEviction, sumBytes } from "./plan.ts";
import { addLosses, type Batch, encodeLosses, type Key, type Losses, type Row } from "./row.ts";
import type { Filing, Store } from "./store.ts";
import { within } from "./within.ts";

/** A batch on its way: should nobody hear the answer, the same rows go again together. */
interface Flight {
  /** Its first key. */
  readonly id: string;
  readonly keys: readonly Key[];
  /** Unix milliseconds: until then somebody may still be sending it without the lock. */
  readonly dueMillis: number;
}

interface Lease {
  readonly tab: string;
  readonly untilMillis: number;
}

interface Schema extends DBSchema {
  items: { key: Key; value: Row };
  metas: { key: string; value: string };
  flights: { key: string; value: Flight };
  state: { key: string; value: Pace | Lease | readonly Row[] };
}

type Stores = ["items", "metas", "flights", "state"];
type Transaction = IDBPTransaction<Schema, Stores, "readwrite">;

/** The queue in IndexedDB, shared by all tabs. Every call rejects where the database fails or hangs. */
export interface Disk extends Store {
  /**
   * Everything is asked for before the first answer, and committed: a page that is going away gets no
   * answers any more, but what it asked for is done. `batches` are being sent without the lock.
   */
  write(filings: Iterable<Filing>, batches?: readonly Batch[]): Promise<void>;
  /** Makes room; how many bytes are left. */
  evict(maxBytes: number): Promise<number>;
  /** For browsers without locks: whether this tab may send. */
  lease(tab: string): Promise<boolean>;
  endLease(tab: string): Promise<void>;
  clear(): Promise<void>;
  close(): void;
}

const STORES: Stores = ["items", "metas", "flights", "state"];
const HANGING_MILLIS = 10_000;
const BATCH_BYTES = 256_000;
const PLANNED_KEYS = 1_000;
/** A request of a page that is going away is over by then. */
const UNLOCKED_MILLIS = 10_000;
/** Longer than a request may take at two addresses. */
const LEASE_MILLIS = 90_000;
const QUARANTINED = 10;
const SAMPLE_LENGTH = 2_000;

export async function openDisk(name: string, onGone: () => void): Promise<Disk> {
  const database: IDBPDatabase<Schema> = await openDB<Schema>(name, 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore("items", { keyPath: "key" });
      fresh.createObjectStore("metas");
      fresh.createObjectStore("flights", { keyPath: "id" });
      fresh.createObjectStore("state");
    },
    // A newer version of this code, or "clear site data": never stand in the way.
    blocking: () => {
      database.close();
      onGone();
    },
    terminated: onGone,
  });

  const run = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    // Relaxed: in the operating system's hands, so it outlives any process; a power cut may take the last moments.
    const transaction = database.transaction(STORES, "readwrite", { durability: "relaxed" });
    const both = Promise.all([work(transaction), transaction.done]);
    return (await within(HANGING_MILLIS, both))[0];
  };

  return {
    write: (filings, batches = []) =>
      run((transaction) => {
        const dueMillis = Date.now() + UNLOCKED_MILLIS;
        const asked: Promise<unknown>[] = [];
        for (const { row, meta } of filings) {
          asked.push(
            transaction.objectStore("items").put(row),
            transaction.objectStore("metas").put(meta, row.key[2]),
          );
        }
        asked.push(...batches.map(({ keys }) => putFlight(transaction, keys, dueMillis)));
        transaction.commit?.();
        return Promise.all(asked).then(() => {});
      }),
    evict: (maxBytes) => run((transaction) => evict(transaction, maxBytes)),
    pace: () =>
      run(
        async (transaction) =>
          ((await transaction.objectStore("state").get("pace")) as Pace | undefined) ?? CALM,
      ),
    // Without room for the flight it still leaves; a full disk must not keep itself full.
    take: () =>
      run((transaction) => take(transaction, true)).catch(() =>
        run((transaction) => take(transaction, false)),
      ),
    settle: (batch, fate, pace) => run((transaction) => settle(transaction, batch, fate, pace)),
    lease: (tab) => run((transaction) => holdLease(transaction, tab, LEASE_MILLIS)),
    endLease: (tab) => run((transaction) => holdLease(transaction, tab, 0)).then(() => {}),
    clear: () =>
      run((transaction) =>
        Promise.all(STORES.map((store) => transaction.objectStore(store).clear())).then(() => {}),
      ),
    close: () => database.close(),
  };
}

async function holdLease(transaction: Transaction, tab: string, millis: number): Promise<boolean> {
  const state = transaction.objectStore("state");
  const held = (await state.get("lease")) as Lease | undefined;
  const left = (held?.untilMillis ?? 0) - Date.now();
  // One that ends later was written by a clock that has been put right.
  if (held && held.tab !== tab && left > 0 && left <= LEASE_MILLIS) return false;
  await state.put({ tab, untilMillis: Date.now() + millis }, "lease");
  return true;
}

function putFlight(transaction: Transaction, keys: readonly Key[], dueMillis = 0): Promise<string> {
  return transaction.objectStore("flights").put({ id: String(keys[0]), keys, dueMillis });
}

function remove(transaction: Transaction, keys: readonly Key[]): Promise<unknown> {
  return Promise.all(keys.map((key) => transaction.objectStore("items").delete(key)));
}

async function read(transaction: Transaction, keys: readonly Key[]): Promise<Row[]> {
  const rows = await Promise.all(keys.map((key) => transaction.objectStore("items").get(key)));
  return rows.filter((row) => row !== undefined);
}

async function lose(transaction: Transaction, keys: readonly Key[], lost: Losses): Promise<void> {
  const now = Date.now();
  // The fraction keeps it apart from a row of the page that this meta is of.
  const row = encodeLosses(lost, now + Math.random(), keys[0]?.[2] ?? "");
  await transaction.objectStore("items").put(row);
}

async function drop(
  transaction: Transaction,
  keys: readonly Key[],
  reason: "queue_full" | "too_old",
): Promise<void> {
  const lost: Losses = {};
  for (const row of await read(transaction, keys)) addLosses(lost, row, reason);
  await remove(transaction, keys);
  await lose(transaction, keys, lost);
}

async function evict(transaction: Transaction, maxBytes: number): Promise<number> {
  const keys = await transaction.objectStore("items").getAllKeys();
  const victims = planEviction(keys, maxBytes);
  if (victims.length > 0) await drop(transaction, victims, "queue_full");
  return sumBytes(keys) - sumBytes(victims);
}

async function take(transaction: Transaction, isNoted: boolean): Promise<Batch | undefined> {
  const now = Date.now();
  const flights = await transaction.objectStore("flights").getAll();
  for (const { id, keys, dueMillis } of flights) {
    const left = dueMillis - now;
    if (left > 0 && left <= UNLOCKED_MILLIS) continue;
    const rows = await read(transaction, keys);
    if (rows.length > 0) return withMeta(transaction, keys, rows);
    await transaction.objectStore("flights").delete(id);
  }
  const flying = new Set(flights.flatMap(({ keys }) => keys.map(String)));
  const found = await transaction.objectStore("items").getAllKeys(null, PLANNED_KEYS + flying.size);
  const waiting = found.filter((key) => !flying.has(String(key)));
  const old = waiting.filter((key) => isTooOld(key, now));
  if (old.length > 0) {
    await drop(transaction, old, "too_old");
    return take(transaction, isNoted);
  }
  const keys = planBatch(waiting, BATCH_BYTES);
  if (keys.length === 0) return undefined;
  if (isNoted) await putFlight(transaction, keys);
  return withMeta(transaction, keys, await read(transaction, keys));
}

async function withMeta(
  transaction: Transaction,
  keys: readonly Key[],
  rows: readonly Row[],
): Promise<Batch> {
  const meta = await transaction.objectStore("metas").get(keys[0]?.[2] ?? "");
  return { keys, rows, meta: meta ?? "{}" };
}

async function settle(
  transaction: Transaction,
  { keys, rows }: Batch,
  fate: Fate,
  pace: Pace | undefined,
): Promise<void> {
  const state = transaction.objectStore("state");
  const items = transaction.objectStore("items");
  if (pace) await state.put(pace, "pace");
  if (fate === "split") {
    // By keys of rows that are still there, or a half of missing ones would be split for ever.
    const present = rows.map(({ key }) => key);
    await transaction.objectStore("flights").delete(String(keys[0]));
    const middle = present.length >> 1;
    await putFlight(transaction, present.slice(0, middle));
    await putFlight(transaction, present.slice(middle));
  }
  if (fate !== "sent" && fate !== "refused") return;
  await transaction.objectStore("flights").delete(String(keys[0]));
  await remove(transaction, keys);
  if (fate === "refused") {
    const samples = rows.map((row) => ({ ...row, text: row.text.slice(0, SAMPLE_LENGTH) }));
    const quarantined = ((await state.get("refused")) ?? []) as readonly Row[];
    await state.put([...quarantined, ...samples].slice(-QUARANTINED), "refused");
    // A refused count of losses is not counted again: that would go on for ever.
    const refused = rows.filter(({ lost }) => !lost).length;
    if (refused > 0) await lose(transaction, keys, { rejected: refused });
  } else if ((await items.count()) === 0) {
    await transaction.objectStore("metas").clear();
  }
}
