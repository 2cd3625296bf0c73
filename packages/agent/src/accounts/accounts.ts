import type { DropReason } from "@sightline/core";
import {
  addCounts,
  type Counts,
  createCounts,
  droppedLines,
  type LineCounts,
  readCounts,
  waitingLines,
} from "./counts.ts";
import type { LifeAccount } from "./life-account.ts";
import type { SavedAccounts, SavedLife } from "./saved-accounts.ts";

/** Who a life is; all of it but its name and service may come later. */
export interface LifeFacts {
  readonly life: string;
  readonly service: string;
  readonly containerName?: string | undefined;
  readonly run?: number | undefined;
  readonly startedUnixMillis?: number | undefined;
}

/** Lines of one life that were read together. */
export interface ReadLines {
  /** In records. */
  readonly lines: number;
  /** Read, and left out of all records. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  readonly unknownGaps: number;
}

/**
 * What became of every line, by life and by service. Always
 * `read = acknowledged + dropped + waiting`.
 */
export interface Accounts {
  /** Opens the account of a life, or adds facts to it. */
  open(facts: LifeFacts): void;
  /** No more lines come. Settled accounts of ended lives are kept for the newest 2,000. */
  ended(life: string, unixMillis: number): void;
  /** Lines that were there, that are lost, and that no shipment will tell of. */
  missed(life: string, reason: DropReason, lines: number): void;
  /** Nobody can know how many lines were lost. */
  unknownGap(life: string): void;
  /** Oldest first. */
  list(): readonly LifeAccount[];
  /** Of all lives of the service, those whose accounts are no longer kept included. */
  totals(service: string): LineCounts;
  services(): readonly string[];
}

/** What the shipper alone does with the accounts. */
export interface AccountLedger extends Accounts {
  /** Taken into memory: read, but not yet safe. Opens the account where nobody did. */
  read(life: string, service: string, read: ReadLines): void;
  /** Now on disk together with the position behind them. */
  journaled(life: string, read: ReadLines): void;
  /** Both at once, of a journal file that is read back after a restart. */
  replayed(life: string, read: ReadLines): void;
  sent(life: string, lines: number): void;
  acknowledged(life: string, lines: number): void;
  /** Lines that were read are lost. `isJournaled` false: they are still in memory only. */
  lost(life: string, reason: DropReason, lines: number, isJournaled?: boolean): void;
  factsOf(life: string): LifeFacts;
  /** Lines of each life that are neither acknowledged nor dropped. */
  waiting(): ReadonlyMap<string, number>;
  /** Only what is safe: what is in memory alone is read again after a restart. */
  save(): SavedAccounts;
  /** Adds what an earlier process saved. */
  restore(saved: SavedAccounts): void;
}

export interface AccountsOptions {
  /** Settled accounts of ended lives that are kept apart. Default 2,000. */
  readonly maxFinished?: number;
}

interface Life {
  facts: LifeFacts;
  endedUnixMillis: number | undefined;
  readonly counts: Counts;
  /** The part of what was read and dropped that is not on disk yet. */
  readonly unsafe: Counts;
}

const MAX_FINISHED = 2_000;
/** As OpenTelemetry names a service that nobody named. */
const UNKNOWN_SERVICE = "unknown_service";

export function createAccounts(options: AccountsOptions = {}): AccountLedger {
  const maxFinished = options.maxFinished ?? MAX_FINISHED;
  const lives = new Map<string, Life>();
  const totals = new Map<string, Counts>();
  const folded = new Map<string, Counts>();
  /** Ended and settled, the one that came to it first in front. */
  const finished = new Set<string>();

  function totalsOf(map: Map<string, Counts>, service: string): Counts {
    const known = map.get(service);
    if (known) return known;
    const counts = createCounts();
    map.set(service, counts);
    return counts;
  }

  function lifeOf(name: string, service: string = UNKNOWN_SERVICE): Life {
    const known = lives.get(name);
    if (known) return known;
    const life: Life = {
      facts: { life: name, service },
      endedUnixMillis: undefined,
      counts: createCounts(),
      unsafe: createCounts(),
    };
    lives.set(name, life);
    return life;
  }

  function add(life: Life, change: Partial<LineCounts>): void {
    addCounts(life.counts, change);
    addCounts(totalsOf(totals, life.facts.service), change);
    noteFinished(life);
  }

  function noteFinished(life: Life): void {
    const isFinished =
      life.endedUnixMillis !== undefined &&
      waitingLines(life.counts) === 0 &&
      life.unsafe.readLines === 0;
    if (isFinished) finished.add(life.facts.life);
    else finished.delete(life.facts.life);
    for (const name of finished) {
      if (finished.size <= maxFinished) return;
      fold(name);
    }
  }

  function fold(name: string): void {
    finished.delete(name);
    const life = lives.get(name);
    if (!life) return;
    addCounts(totalsOf(folded, life.facts.service), life.counts);
    lives.delete(name);
  }

  function setFacts(life: Life, facts: LifeFacts): void {
    if (life.facts.service !== facts.service) {
      const negative = { ...readCounts(life.counts) };
      addCounts(totalsOf(totals, life.facts.service), negative, -1);
      addCounts(totalsOf(totals, facts.service), negative);
    }
    life.facts = { ...life.facts, ...definedOf(facts) };
  }

  function restoreAll(saved: SavedAccounts): void {
    for (const { service, counts } of saved.folded) {
      addCounts(totalsOf(folded, service), counts);
      addCounts(totalsOf(totals, service), counts);
    }
    for (const { facts, endedUnixMillis, counts } of saved.lives) {
      const life = lifeOf(facts.life);
      setFacts(life, facts);
      life.endedUnixMillis = endedUnixMillis;
      add(life, { ...counts, sentLines: settledBySending(counts) });
    }
  }

  return {
    open: (facts) => setFacts(lifeOf(facts.life), facts),
    ended(name, unixMillis) {
      const life = lifeOf(name);
      life.endedUnixMillis = unixMillis;
      noteFinished(life);
    },
    missed: (name, reason, lines) =>
      add(lifeOf(name), { readLines: lines, droppedLines: { [reason]: lines } }),
    unknownGap: (name) => add(lifeOf(name), { unknownGaps: 1 }),
    read(name, service, read) {
      const life = lifeOf(name, service);
      addCounts(life.unsafe, toChange(read));
      add(life, toChange(read));
    },
    journaled(name, read) {
      const life = lifeOf(name);
      addCounts(life.unsafe, toChange(read), -1);
      noteFinished(life);
    },
    replayed: (name, read) => add(lifeOf(name), toChange(read)),
    sent: (name, lines) => add(lifeOf(name), { sentLines: lines }),
    acknowledged: (name, lines) => add(lifeOf(name), { acknowledgedLines: lines }),
    lost(name, reason, lines, isJournaled = true) {
      const life = lifeOf(name);
      const change = { droppedLines: { [reason]: lines } };
      if (!isJournaled) addCounts(life.unsafe, change);
      add(life, change);
    },
    factsOf: (name) => lives.get(name)?.facts ?? { life: name, service: UNKNOWN_SERVICE },
    waiting() {
      const waiting = new Map<string, number>();
      for (const [name, { counts }] of lives) {
        const lines = waitingLines(counts);
        if (lines > 0) waiting.set(name, lines);
      }
      return waiting;
    },
    list: () => [...lives.values()].map(toAccount),
    totals: (service) => readCounts(totals.get(service) ?? createCounts()),
    services: () => [...totals].filter(([, counts]) => !isEmpty(counts)).map(([name]) => name),
    save: () => ({
      lives: [...lives.values()].map(toSaved),
      folded: [...folded].map(([service, counts]) => ({ service, counts: readCounts(counts) })),
    }),
    restore: restoreAll,
  };
}

function toChange(read: ReadLines): Partial<LineCounts> {
  return {
    readLines: read.lines + droppedLines(read.dropped),
    droppedLines: read.dropped,
    unknownGaps: read.unknownGaps,
  };
}

function toAccount({ facts, endedUnixMillis, counts }: Life): LifeAccount {
  return { ...definedOf(facts), ...definedOf({ endedUnixMillis }), ...readCounts(counts) };
}

function toSaved({ facts, endedUnixMillis, counts, unsafe }: Life): SavedLife {
  const safe = createCounts();
  addCounts(safe, counts);
  addCounts(safe, unsafe, -1);
  return { facts: definedOf(facts), ...definedOf({ endedUnixMillis }), counts: readCounts(safe) };
}

/** What waits is sent again after a restart, and counts as sent then. */
function settledBySending({ acknowledgedLines, droppedLines: dropped }: LineCounts): number {
  return acknowledgedLines + (dropped.rejected ?? 0) + (dropped.partially_rejected ?? 0);
}

function isEmpty(counts: Counts): boolean {
  return counts.readLines === 0 && counts.unknownGaps === 0;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function definedOf<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, part]) => part !== undefined),
  ) as Defined<T>;
}
