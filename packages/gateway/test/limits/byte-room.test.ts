import { describe, expect, it } from "vitest";
import { createByteRoom } from "../../src/limits/byte-room.ts";
import { createTurns } from "../../src/limits/turns.ts";

describe("room for bytes", () => {
  it("is given while there is some, grows and shrinks, and comes back", () => {
    const room = createByteRoom(() => 10);
    const shares = ["a", "b", "c", "d", "e"].map((holder) => room.enter(holder));
    expect(shares.map((share) => share.resize(2))).toEqual([true, true, true, true, true]);
    expect(room.enter("f").resize(1)).toBe(false);
    shares[0]?.leave();
    shares[0]?.leave();
    shares[1]?.resize(1);
    expect(room.usedBytes()).toBe(7);
    expect(room.enter("f").resize(2)).toBe(true);
  });

  it("is a quarter for one holder, with all that it has under way", () => {
    const room = createByteRoom(() => 100);
    const first = room.enter("a");
    const second = room.enter("a");
    expect(first.resize(20)).toBe(true);
    expect(second.resize(6)).toBe(false);
    expect(second.resize(5)).toBe(true);
    expect(room.enter("b").resize(25)).toBe(true);
    first.leave();
    expect(second.resize(25)).toBe(true);
  });
});

describe("turns", () => {
  it("are a few at a time, in order, and go on after one that failed", async () => {
    const turn = createTurns(2);
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const work = (id: number) =>
      turn(() => {
        begun.push(id);
        return new Promise<void>((resolve, reject) => {
          ends.push(id === 1 ? () => reject(new Error("failed")) : resolve);
        });
      });
    const all = [1, 2, 3, 4].map(work);
    expect(begun).toEqual([1, 2]);
    ends[0]?.();
    await expect(all[0]).rejects.toThrow("failed");
    await expect.poll(() => begun).toEqual([1, 2, 3]);
    ends[1]?.();
    await expect.poll(() => begun).toEqual([1, 2, 3, 4]);
    for (const end of ends) end();
    await Promise.all(all.slice(1));
  });
});
