import { describe, expect, test, vi } from "vitest";
import { serializeSplit } from "../../src/export/serialize-split.ts";

const serialize = (records: string[]) => new TextEncoder().encode(records.join(""));

describe("splitting before it is too late", () => {
  test("keeps all in one body while it fits", () => {
    const { pieces, dropped } = serializeSplit(["aa", "bb"], serialize, 4);
    expect(pieces.map((piece) => piece.records)).toEqual([["aa", "bb"]]);
    expect(dropped).toEqual({});
  });

  test("halves what is too large, keeps the order, and drops only the one that never fits", () => {
    const records = ["aa", "bb", "toolarge", "cc", "dd"];
    const { pieces, dropped } = serializeSplit(records, serialize, 4);
    expect(pieces.flatMap((piece) => piece.records)).toEqual(["aa", "bb", "cc", "dd"]);
    for (const { body } of pieces) expect(body.length).toBeLessThanOrEqual(4);
    expect(dropped).toEqual({ too_large: 1 });
  });

  test("drops only the record that cannot be serialized, whether it throws or gives nothing", () => {
    const picky = (records: string[]) => {
      if (records.includes("bad")) throw new Error("getter threw");
      return records.includes("void") ? undefined : serialize(records);
    };
    const { pieces, dropped } = serializeSplit(["a", "bad", "b", "void", "c"], picky, 100);
    expect(pieces.flatMap((piece) => piece.records)).toEqual(["a", "b", "c"]);
    expect(dropped).toEqual({ serialization_failed: 2 });
  });

  test("does not call the serializer for nothing", () => {
    const never = vi.fn(serialize);
    expect(serializeSplit([], never, 4)).toEqual({ pieces: [], dropped: {} });
    expect(never).not.toHaveBeenCalled();
  });
});
