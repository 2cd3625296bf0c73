import { expect, test } from "vitest";
import { createLineSlabs } from "../../src/lines/line-slabs.ts";

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

test("copies are what was copied, whatever comes after them", () => {
  const slabs = createLineSlabs();
  const source = bytes(300, 1);
  const copies = Array.from({ length: 500 }, (_, index) => {
    source.fill(index % 251);
    return slabs.copy(source, 9);
  });
  for (const [index, copy] of copies.entries())
    expect(copy).toEqual(Buffer.alloc(300, index % 251));
});

test("lines of one rank share memory, those of two never do, nor does the host", () => {
  const slabs = createLineSlabs();
  const first = slabs.copy(bytes(100, 1), 9);
  const second = slabs.copy(bytes(100, 2), 9);
  const severe = slabs.copy(bytes(100, 3), 17);
  expect(second.buffer).toBe(first.buffer);
  expect(severe.buffer).not.toBe(first.buffer);
  expect(Buffer.from("of the host").buffer).not.toBe(first.buffer);
});

test("a long line has memory of its own, and as much as it needs", () => {
  const slabs = createLineSlabs();
  const short = slabs.copy(bytes(100, 1), 9);
  const long = slabs.copy(bytes(100_000, 2), 9);
  expect(long.buffer).not.toBe(short.buffer);
  expect(long.buffer.byteLength).toBe(100_000);
});
