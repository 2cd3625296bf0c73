import { describe, expect, it } from "vitest";
import { createByteRoom } from "../../src/limits/byte-room.ts";
import { createTurns } from "../../src/limits/turns.ts";

describe("room for bytes", () => {
  it("is given while there is some, grows and shrinks, and comes back", () => {
    const room = createByteRoom(10);
    const first = room.enter();
    const second = room.enter();
    expect(first.resize(8)).toBe(true);
    expect(second.resize(3)).toBe(false);
    expect(second.resize(2)).toBe(true);
    expect(first.resize(9)).toBe(false);
    expect(first.resize(5)).toBe(true);
    expect(room.usedBytes()).toBe(7);
    first.leave();
    first.leave();
    expect(room.usedBytes()).toBe(2);
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
