import type { DropReason } from "@sightline/core";
import { CALM, type Fate, type Pace, remainingMillis } from "./pace.ts";
import { isTooOld, planBatch, planEviction, sumBytes } from "./plan.ts";
import {
  encodeLosses,
  type Filing,
  type Key,
  type Losses,
  type Row,
  splitRow,
  sumLosses,
} from "./row.ts";
import {
  FLIGHT,
  type Flight,
  flightKey,
  type Lease,
  META,
  type MetaText,
  type PaceEntry,
  type Shelf,
  STATE,
  type Table,
  withoutPuts,
} from "./table.ts";

/** What leaves in one request: rows with one meta. */
export interface Batch {
  readonly flight: Key;
  readonly rows: readonly Row[];
  /** JSON. */
  readonly meta: string;
}

export interface Turn {
  readonly pace: Pace;
  /** Above 0: not yet. */
  readonly waitMillis: number;
  /** Undefined where it is not time, or nothing waits. */
  readonly batch?: Batch | undefined;
}

/** Items on a shelf, until the gateway has them. Every call rejects where the shelf fails. */
export interface Queue {
  /** `batches` of these or stored ones are being sent without a lock. */
  write(filings: readonly Filing[], batches?: readonly Batch[]): Promise<void>;
  /** Others wrote as many. */
  grow(bytes: number): void;
  /** `tab` where there is no lock: then a lease keeps other tabs from sending. */
  take(isUrged: boolean, tab?: string): Promise<Turn>;
  /** What became of a batch, and the pace where it changed. */
  settle(batch: Batch, fate: Fate, pace?: Pace): Promise<void>;
  clear(): Promise<unknown>;
  close(): void;
}

const BATCH_BYTES = 256_000;
const PLANNED_KEYS = 1_000;
/** A request of a page that is going away is over by then. */
const UNLOCKED_MILLIS = 10_000;
/** Longer than a request may take at two addresses. */
const LEASE_MILLIS = 90_000;
const QUARANTINED = 10;
const SAMPLE_LENGTH = 2_000;
const PACE: Key = [STATE, 0, "pace", 0, 0];
const LEASE: Key = [STATE, 0, "lease", 0, 0];

export function createQueue(
  shelf: Shelf,
  maxBytes: number,
  onEvicted: (keys: readonly Key[]) => void,
): Queue {
  /** At the last count, and what came since. The first write counts. */
  let knownBytes = Number.POSITIVE_INFINITY;
  /** What only notes something does without where there is no room: a full disk must be able to empty. */
  const run = <T>(work: (table: Table) => Promise<T>): Promise<T> =>
    shelf.run(work).catch((error: unknown) => {
      if ((error as Error)?.name !== "QuotaExceededError") throw error;
      return shelf.run((table) => work(withoutPuts(table)));
    });
  return {
    async write(filings, batches = []) {
      const dueMillis = Date.now() + UNLOCKED_MILLIS;
      await shelf.run(
        (table) =>
          Promise.all([
            ...filings.map(({ row }) => table.put(row)),
            ...[...new Map(filings.map(({ row, meta }) => [row.key[2], meta]))].map(
              ([name, text]) => table.put({ key: metaKey(name), text }),
            ),
            ...batches.map(({ rows }) => putFlight(table, rows, dueMillis)),
          ]),
        true,
      );
      knownBytes += sumBytes(filings.map(({ row }) => row.key));
      if (knownBytes <= maxBytes) return;
      // What was written is safe whether or not there is room for more.
      try {
        const { left, victims } = await shelf.run((table) => evict(table, maxBytes));
        knownBytes = left;
        onEvicted(victims);
      } catch {}
    },
    grow(bytes) {
      knownBytes += bytes;
    },
    take: (isUrged, tab) => run((table) => takeTurn(table, isUrged, tab)),
    settle: (batch, fate, pace) => run((table) => settle(table, batch, fate, pace)),
    clear: () => shelf.run((table) => table.clear()),
    close: shelf.close,
  };
}

async function takeTurn(table: Table, isUrged: boolean, tab: string | undefined): Promise<Turn> {
  const now = Date.now();
  const { pace = CALM } = ((await table.get(PACE)) ?? {}) as Partial<PaceEntry>;
  const lease = tab && ((await table.get(LEASE)) as Lease | undefined);
  const left = lease && lease.tab !== tab ? lease.untilMillis - now : 0;
  // A lease that ends later was written by a clock that has been put right.
  const waitMillis = Math.max(remainingMillis(pace, now, isUrged), left > LEASE_MILLIS ? 0 : left);
  if (waitMillis > 0) return { pace, waitMillis };
  const { batch, flyingMillis } = await findBatch(table, now);
  if (tab && batch) await table.put({ key: LEASE, tab, untilMillis: now + LEASE_MILLIS });
  else if (tab) await table.delete(LEASE);
  return { pace, waitMillis: flyingMillis, batch };
}

/** `flyingMillis`: where there is none, how long others may still be sending what waits; else 0. */
interface Found {
  readonly batch?: Batch | undefined;
  readonly flyingMillis: number;
}

async function findBatch(table: Table, now: number): Promise<Found> {
  const keys = await table.getAllKeys(null, PLANNED_KEYS);
  const flying = new Set<string>();
  let flyingMillis = 0;
  for (const flight of keys.filter(([rank]) => rank === FLIGHT)) {
    const { keys: flown } = (await table.get(flight)) as Flight;
    const left = flight[1] - now;
    const rows = left > 0 && left <= UNLOCKED_MILLIS ? undefined : await read(table, flown);
    if (rows?.[0]) return { batch: await batchOf(table, rows, flight), flyingMillis: 0 };
    if (rows) await table.delete(flight);
    else {
      for (const key of flown) flying.add(String(key));
      // Whoever is sending them may be gone: nobody else would look again.
      flyingMillis = Math.max(flyingMillis, left);
    }
  }
  const items = itemsOf(keys);
  const old = items.filter((key) => isTooOld(key, now));
  await drop(table, old, "too_old");
  const planned = planBatch(
    items.filter((key) => !flying.has(String(key)) && !isTooOld(key, now)),
    BATCH_BYTES,
  );
  if (planned[0]) {
    const rows = await read(table, planned);
    return { batch: await batchOf(table, rows, await putFlight(table, rows)), flyingMillis: 0 };
  }
  // Without items nothing refers to them; whoever adds some writes their metas too.
  if (!items[0])
    await remove(
      table,
      keys.filter(([rank]) => rank === META),
    );
  return { flyingMillis };
}

async function batchOf(table: Table, rows: readonly Row[], flight: Key): Promise<Batch> {
  const [row] = rows as [Row];
  const { text = "{}" } = ((await table.get(metaKey(row.key[2]))) ?? {}) as Partial<MetaText>;
  return { flight, rows, meta: text };
}

async function settle(
  table: Table,
  { flight, rows }: Batch,
  fate: Fate,
  pace: Pace | undefined,
): Promise<void> {
  if (pace) await table.put({ key: PACE, pace });
  if (fate === "keep" || fate === "stop") return;
  await table.delete(flight);
  const [row] = rows;
  if (fate === "split") {
    const parts = rows[1] || !row ? rows : splitRow(row);
    if (row && parts !== rows) {
      await table.delete(row.key);
      await Promise.all(parts.map((part) => table.put(part)));
    }
    const middle = parts.length >> 1;
    await putFlight(table, parts.slice(0, middle));
    await putFlight(table, parts.slice(middle));
    return;
  }
  // It is gone where consent was withdrawn meanwhile: then no sample may stay either.
  const isThere = row && (await table.get(row.key));
  await remove(
    table,
    rows.map(({ key }) => key),
  );
  // A refused count of losses is not counted itself: that would go on for ever.
  if (fate === "refused" && isThere && !row.lost) {
    const place = Date.now() % QUARANTINED;
    const texts = row.texts.map((text) => text.slice(0, SAMPLE_LENGTH));
    await table.put({ ...row, key: [STATE, place, "refused", 0, 0], texts });
    await lose(table, row.key, { rejected: 1 });
  }
}

async function evict(
  table: Table,
  maxBytes: number,
): Promise<{ readonly left: number; readonly victims: Key[] }> {
  const keys = itemsOf(await table.getAllKeys());
  const victims = planEviction(keys, maxBytes);
  await drop(table, victims, "queue_full");
  return { left: sumBytes(keys) - sumBytes(victims), victims };
}

async function drop(table: Table, keys: readonly Key[], reason: DropReason): Promise<void> {
  if (!keys[0]) return;
  const lost = sumLosses(await read(table, keys), reason);
  await remove(table, keys);
  await lose(table, keys[0], lost);
}

async function lose(table: Table, [, , meta]: Key, lost: Losses): Promise<void> {
  // A moment of the last second keeps it apart from other rows with this meta.
  await table.put(encodeLosses(lost, Date.now() - Math.random() * 1_000, meta));
}

async function remove(table: Table, keys: readonly Key[]): Promise<void> {
  await Promise.all(keys.map((key) => table.delete(key)));
}

function itemsOf(keys: readonly Key[]): Key[] {
  return keys.filter(([rank]) => rank >= 0 && rank < META);
}

function metaKey(meta: string): Key {
  return [META, 0, meta, 0, 0];
}

async function putFlight(table: Table, rows: readonly Row[], dueMillis?: number): Promise<Key> {
  const key = flightKey(rows, dueMillis);
  await table.put({ key, keys: rows.map((row) => row.key) });
  return key;
}

async function read(table: Table, keys: readonly Key[]): Promise<Row[]> {
  const rows = await Promise.all(keys.map((key) => table.get(key)));
  return rows.filter((row) => row !== undefined) as Row[];
}
