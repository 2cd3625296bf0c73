import { encodedMappings, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { describe, expect, it } from "vitest";
import { BadMap } from "../../src/map/bad-map.ts";
import { decodeSegments, encodeNumber, fieldOf, findSegment } from "../../src/map/vlq.ts";
import { randomMap } from "../support/random-map.ts";

describe("decodeSegments", () => {
  it("finds the same place as the reference reader, for each column of random maps", () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const mappings = randomMap(seed);
      const reference = new TraceMap({ version: 3, names: ["n"], sources: ["a", "b"], mappings });
      const own = decodeSegments(encodedMappings(reference), 3);
      for (let line = 0; line < 6; line += 1) {
        for (let column = 0; column < 40; column += 1) {
          const expected = originalPositionFor(reference, { line: line + 1, column });
          const segment = findSegment(own, line, column);
          const source = fieldOf(own, segment, 1);
          const found = {
            source: ["a", "b"][source] ?? null,
            line: source < 0 ? null : fieldOf(own, segment, 2) + 1,
            column: source < 0 ? null : fieldOf(own, segment, 3),
          };
          const { source: file, line: at, column: where } = expected;
          expect(found, `${seed}: ${line}:${column}`).toEqual({
            source: file,
            line: at,
            column: where,
          });
        }
      }
    }
  });

  it("sorts a line whose columns go back", () => {
    const own = decodeSegments("UAAA,LAAC,KAAC", 3);
    expect([0, 1, 2].map((segment) => fieldOf(own, segment, 0))).toEqual([5, 10, 10]);
    expect([0, 1, 2].map((segment) => fieldOf(own, segment, 3))).toEqual([1, 0, 2]);
  });

  it.each([
    ["a character that is no digit", "AAAA,A!"],
    ["a number that does not end", "AAAAg"],
    ["a number of more than 32 bits", "gggggggggggA"],
    ["a segment with two fields", "AA"],
    ["letters beyond ASCII", "AAAÄ"],
    ["letters that look like digits in a byte", "AAA\u0141"],
  ])("refuses %s", (_, text) => {
    expect(() => decodeSegments(text, 3)).toThrow(BadMap);
  });

  it("reads back every number it writes", () => {
    for (const number of [0, 1, -1, 15, 16, -16, 31, 32, 1023, -99_999, 2 ** 30, -(2 ** 30)]) {
      expect([...decodeSegments(encodeNumber(number), 0).values]).toEqual([number]);
    }
  });
});
