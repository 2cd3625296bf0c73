import { describe, expect, it } from "vitest";
import { fnv1a64 } from "../../src/fingerprint/hash.ts";
import { createRandom } from "../random.ts";

describe("fnv1a64", () => {
  it.each([
    ["", "cbf29ce484222325"],
    ["a", "af63dc4c8601ec8c"],
    ["foobar", "85944171f73967e8"],
  ])("gives the published value of %j", (text, expected) => {
    expect(fnv1a64(text)).toBe(expected);
  });

  it("agrees with a plain BigInt version over UTF-8 bytes for any text", () => {
    const random = createRandom(3);
    const alphabet = ["a", "Z", "0", " ", "é", "用", "😀", "\u0000", "\ud800"];
    for (let round = 0; round < 300; round += 1) {
      const text = Array.from({ length: random.integer(60) }, () => random.pick(alphabet)).join("");
      expect(fnv1a64(text)).toBe(slowFnv1a64(text));
    }
  });

  it("has no collision among 200,000 near-equal texts", () => {
    const seen = new Set<string>();
    for (let index = 0; index < 200_000; index += 1)
      seen.add(fnv1a64(`Error: problem ${index} at f`));
    expect(seen.size).toBe(200_000);
  });
});

function slowFnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
