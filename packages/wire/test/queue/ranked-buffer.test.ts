import { expect, test } from "vitest";
import { createRankedBuffer } from "../../src/queue/ranked-buffer.ts";

test("items come out in order of arrival, whatever their rank", () => {
  const buffer = createRankedBuffer<string>(1_000, () => {});
  buffer.push("a", 9, 10);
  buffer.push("b", 17, 10);
  buffer.push("c", 5, 10);
  expect(buffer.take(2)).toEqual(["a", "b"]);
  expect(buffer.length()).toBe(1);
  expect(buffer.bytes()).toBe(10);
  expect(buffer.take(5)).toEqual(["c"]);
  expect(buffer.take(1)).toEqual([]);
});

test("the oldest of the lowest rank makes room, even the newcomer itself", () => {
  const evicted: string[] = [];
  const buffer = createRankedBuffer<string>(30, (item) => evicted.push(item));
  buffer.push("info1", 9, 10);
  buffer.push("info2", 9, 10);
  buffer.push("error1", 17, 10);
  buffer.push("error2", 17, 10);
  expect(evicted).toEqual(["info1"]);
  buffer.push("error3", 17, 10);
  expect(evicted).toEqual(["info1", "info2"]);
  buffer.push("debug", 5, 10);
  expect(evicted).toEqual(["info1", "info2", "debug"]);
  expect(buffer.take(9)).toEqual(["error1", "error2", "error3"]);
});

test("an item larger than the bound empties nothing but itself at the lowest rank", () => {
  const evicted: string[] = [];
  const buffer = createRankedBuffer<string>(30, (item) => evicted.push(item));
  buffer.push("error", 17, 10);
  buffer.push("huge", 5, 1_000);
  expect(evicted).toEqual(["huge"]);
  expect(buffer.take(9)).toEqual(["error"]);
});

test("a hundred thousand items go through with order, count and bytes intact", () => {
  const evicted: number[] = [];
  const buffer = createRankedBuffer<number>(50_000, (item) => evicted.push(item));
  const taken: number[] = [];
  for (let item = 0; item < 100_000; item += 1) {
    buffer.push(item, item % 3, 10);
    if (item % 7 === 0) taken.push(...buffer.take(1));
  }
  taken.push(...buffer.take(Infinity));
  expect(buffer.bytes()).toBe(0);
  expect(taken.length + evicted.length).toBe(100_000);
  expect(new Set([...taken, ...evicted]).size).toBe(100_000);
  expect(taken).toEqual([...taken].sort((a, b) => a - b));
});
