import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hllGroup, hllRegister } from "../../src/users/hyper-log-log.ts";
import { isUserHash } from "../../src/users/user-hash.ts";

describe("hllRegister", () => {
  it.each([
    ["0080000000000000", { ui: 0, ur: 1 }],
    ["ff40000000000000", { ui: 255, ur: 2 }],
    ["0100000001ffffff", { ui: 1, ur: 32 }],
    ["0a00000000ffffff", { ui: 10, ur: 33 }],
  ])("takes register and rank from %s", (hash, expected) => {
    expect(hllRegister(hash)).toEqual(expected);
  });

  it.each([
    "",
    "xyz",
    "bob@example.com",
    "FF40000000000000",
    "ff4000000000000",
    "ff400000000000000",
  ])("refuses %j without repeating it in the message", (text) => {
    expect(isUserHash(text)).toBe(false);
    expect(() => hllRegister(text)).toThrow(RangeError);
    expect(() => hllGroup(text)).toThrow(RangeError);
    if (text !== "") expect(() => hllRegister(text)).not.toThrow(text);
  });

  it("has no part in the group, which is the last digit", () => {
    const hashes = ["0a00000000000000", "0a0000000000000f"];
    expect(hashes.map(hllGroup)).toEqual([0, 15]);
    expect(hllRegister("0a0000000000000f")).toEqual(hllRegister("0a00000000000000"));
  });

  it("lets the HyperLogLog formula estimate users within three standard errors", () => {
    for (const users of [300, 2000, 20_000]) {
      const registers = new Map<number, number>();
      for (let user = 0; user < users; user += 1) {
        const hash = createHmac("sha256", "test").update(`user-${user}`).digest("hex").slice(0, 16);
        const { ui, ur } = hllRegister(hash);
        registers.set(ui, Math.max(registers.get(ui) ?? 0, ur));
      }
      expect(Math.abs(estimate(registers) / users - 1)).toBeLessThan(3 * 0.065);
    }
  });
});

/** Flajolet et al. 2007, figure 3, with linear counting below 2.5 m. */
function estimate(registers: ReadonlyMap<number, number>): number {
  const size = 256;
  let sum = size - registers.size;
  for (const rank of registers.values()) sum += 2 ** -rank;
  const raw = ((0.7213 / (1 + 1.079 / size)) * size * size) / sum;
  const empty = size - registers.size;
  return raw <= 2.5 * size && empty > 0 ? size * Math.log(size / empty) : raw;
}
