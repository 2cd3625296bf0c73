import { DROP_REASON_NAMES } from "@sightline/core";
import { describe, expect, test } from "vitest";
import { type AccountLedger, createAccounts, type ReadLines } from "../../src/accounts/accounts.ts";
import { droppedLines, waitingLines } from "../../src/accounts/counts.ts";
import { isSavedAccounts } from "../../src/accounts/saved-accounts.ts";
import { seededRandom } from "../ship/support/seeded-random.ts";

const lines = (count: number, dropped: ReadLines["dropped"] = {}, unknownGaps = 0): ReadLines => ({
  lines: count,
  dropped,
  unknownGaps,
});

/** Through JSON, as the checkpoint keeps it. */
function reopen(accounts: AccountLedger, maxFinished = 2_000): AccountLedger {
  const saved: unknown = JSON.parse(JSON.stringify(accounts.save()));
  if (!isSavedAccounts(saved)) throw new Error("not saved accounts");
  const next = createAccounts({ maxFinished });
  next.restore(saved);
  return next;
}

describe("the account of a life", () => {
  test("says what became of its lines, and who it is", () => {
    const accounts = createAccounts();
    accounts.open({ life: "a:1", service: "api", containerName: "api-1", run: 1 });
    accounts.open({ life: "a:1", service: "api", startedUnixMillis: 5 });
    accounts.read("a:1", "api", lines(10, { rate_limited: 2 }, 1));
    accounts.journaled("a:1", lines(10, { rate_limited: 2 }, 1));
    accounts.sent("a:1", 10);
    accounts.acknowledged("a:1", 7);
    accounts.lost("a:1", "partially_rejected", 1);
    accounts.missed("a:1", "source_rotated", 4);
    accounts.ended("a:1", 9);
    expect(accounts.list()).toEqual([
      {
        life: "a:1",
        service: "api",
        containerName: "api-1",
        run: 1,
        startedUnixMillis: 5,
        endedUnixMillis: 9,
        readLines: 16,
        sentLines: 10,
        acknowledgedLines: 7,
        droppedLines: { rate_limited: 2, partially_rejected: 1, source_rotated: 4 },
        unknownGaps: 1,
      },
    ]);
    expect(accounts.waiting()).toEqual(new Map([["a:1", 2]]));
  });

  test("keeps apart what is only in memory: a restart reads that again", () => {
    const accounts = createAccounts();
    accounts.read("a:1", "api", lines(5));
    accounts.journaled("a:1", lines(5));
    accounts.read("a:1", "api", lines(3, { rate_limited: 1 }));
    accounts.lost("a:1", "too_large", 1, false);
    expect(accounts.list()[0]).toMatchObject({ readLines: 9 });
    const next = reopen(accounts).list()[0];
    expect(next).toMatchObject({ readLines: 5, droppedLines: {} });
  });

  test("counts as sent after a restart only what will not be sent again", () => {
    const accounts = createAccounts();
    accounts.read("a:1", "api", lines(9));
    accounts.journaled("a:1", lines(9));
    accounts.sent("a:1", 9);
    accounts.acknowledged("a:1", 4);
    accounts.lost("a:1", "rejected", 2);
    expect(reopen(accounts).list()[0]).toMatchObject({ sentLines: 6, acknowledgedLines: 4 });
  });

  test("moves to the service that is learned later, in the totals too", () => {
    const accounts = createAccounts();
    accounts.missed("a:1", "source_rotated", 3);
    accounts.open({ life: "a:1", service: "api" });
    expect(accounts.services()).toEqual(["api"]);
    expect(accounts.totals("api").readLines).toBe(3);
  });

  test("may have any name", () => {
    const accounts = createAccounts();
    accounts.read("__proto__", "constructor", lines(1));
    accounts.journaled("__proto__", lines(1));
    const next = reopen(accounts);
    expect(next.list()).toMatchObject([{ life: "__proto__", readLines: 1 }]);
    expect(next.totals("constructor").readLines).toBe(1);
  });
});

describe("finished lives", () => {
  function finish(accounts: AccountLedger, life: string): void {
    accounts.read(life, "api", lines(2));
    accounts.journaled(life, lines(2));
    accounts.sent(life, 2);
    accounts.acknowledged(life, 2);
    accounts.ended(life, 1);
  }

  test("are folded away beyond the newest, and their service keeps their lines", () => {
    const accounts = createAccounts({ maxFinished: 3 });
    for (let n = 0; n < 10; n += 1) finish(accounts, `a:${n}`);
    expect(accounts.list().map(({ life }) => life)).toEqual(["a:7", "a:8", "a:9"]);
    expect(accounts.totals("api")).toMatchObject({ readLines: 20, acknowledgedLines: 20 });
    const next = reopen(accounts, 3);
    expect(next.totals("api")).toEqual(accounts.totals("api"));
    expect(next.list()).toEqual(accounts.list());
  });

  test("stay while any of their lines waits, or is not on disk", () => {
    const accounts = createAccounts({ maxFinished: 0 });
    accounts.read("a:1", "api", lines(2));
    accounts.ended("a:1", 1);
    expect(accounts.list()).toHaveLength(1);
    accounts.journaled("a:1", lines(2));
    accounts.acknowledged("a:1", 1);
    expect(accounts.list()).toHaveLength(1);
    accounts.lost("a:1", "rejected", 1);
    expect(accounts.list()).toEqual([]);
    expect(accounts.totals("api").readLines).toBe(2);
  });
});

test.each([1, 2, 3, 4, 5])(
  "read is always acknowledged, dropped and waiting together, whatever happens (seed %i)",
  (seed) => {
    const random = seededRandom(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const count = (): number => Math.floor(random() * 20);
    let accounts = createAccounts({ maxFinished: 2 });
    let total = 0;
    let unsafe = 0;
    const inMemory: { life: string; read: ReadLines }[] = [];
    for (let step = 0; step < 3_000; step += 1) {
      const life = `life:${Math.floor(random() * 12)}`;
      const service = `service-${life.length}`;
      const dice = random();
      if (dice < 0.4) {
        const read = lines(count(), random() < 0.2 ? { [pick(DROP_REASON_NAMES)]: count() } : {});
        accounts.read(life, service, read);
        inMemory.push({ life, read });
        const sum = read.lines + droppedLines(read.dropped);
        total += sum;
        unsafe += sum;
      } else if (dice < 0.75) {
        const next = inMemory.shift();
        if (!next) continue;
        accounts.journaled(next.life, next.read);
        unsafe -= next.read.lines + droppedLines(next.read.dropped);
        const acknowledged = Math.floor(random() * (next.read.lines + 1));
        accounts.acknowledged(next.life, acknowledged);
        accounts.lost(next.life, "rejected", next.read.lines - acknowledged);
      } else if (dice < 0.8) accounts.ended(life, step);
      else if (dice < 0.81) {
        accounts = reopen(accounts, 2);
        inMemory.length = 0;
        total -= unsafe;
        unsafe = 0;
      }
      const all = accounts.services().map((name) => accounts.totals(name));
      expect(all.reduce((sum, { readLines }) => sum + readLines, 0)).toBe(total);
      const inTotals = all.reduce((sum, counts) => sum + waitingLines(counts), 0);
      const inLives = [...accounts.waiting().values()].reduce((sum, waits) => sum + waits, 0);
      expect(inTotals).toBe(inLives);
      for (const account of accounts.list())
        expect(waitingLines(account)).toBeGreaterThanOrEqual(0);
    }
    expect(total).toBeGreaterThan(1_000);
  },
);
