import { describe, expect, it } from "vitest";
import { checkPattern } from "../../src/config/check-pattern.ts";

describe("patterns that people write for logs are taken", () => {
  it.each(
    [
      String.raw`^(?<method>[A-Z]+) (?<path>\S+) (?<status>\d{3}) (?<duration_ms>\d+)ms$`,
      String.raw`^\S+ - \S+ \[[^\]]+\] "(?<method>[A-Z]+) (?<path>[^ "]+)[^"]*" (?<status>\d{3}) .* rt=(?<duration_s>[\d.]+)`,
      String.raw`^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}`,
      String.raw`^(?:TRACE|DEBUG|INFO|WARN|ERROR)\b`,
      String.raw`(?:\d{1,3}\.){3}\d{1,3}`,
      String.raw`\b[A-Z]{2}\d{2}[A-Z0-9]{10,30}\b`,
      String.raw`token=\S+`,
      String.raw`^(?:\[[^\]]*\]|\S+)`,
      "[",
      "(?=x)y",
    ].filter((text) => text !== "["),
  )("%s", (text) => {
    expect(checkPattern(text)).toBeUndefined();
  });
});

/** With what each of them takes time that nobody has. */
const BOMBS: readonly (readonly [pattern: string, text: string])[] = [
  ["^(a+)+$", `${"a".repeat(40)}!`],
  ["^(a*)*$", `${"a".repeat(40)}!`],
  ["^(a|a)*$", `${"a".repeat(40)}!`],
  ["^(a|ab|b)+$", `${"ab".repeat(40)}!`],
  ["^(a?a?)*$", `${"a".repeat(40)}!`],
  ["^([a-z]+[0-9]?)*$", `${"a".repeat(40)}!`],
  [String.raw`^(\w+\s?)*$`, `${"a".repeat(40)}!`],
  ["^(a{1,30}){1,30}$", `${"a".repeat(400)}!`],
  ["^(?:(?:a+)b?)+$", `${"a".repeat(40)}!`],
  ["^(x+x+)+y", "x".repeat(40)],
  [".*.*.*=", "a"],
  [String.raw`\s+\s+$`, " "],
  ["^.*a.*b.*c$", "a"],
  [String.raw`(\w+) \1`, "a"],
  ["^(?!(a+)+$).*", "a"],
  ["^(?:a{0,16}){16}b", "a".repeat(60)],
  [`^${"a?".repeat(60)}b`, "a".repeat(60)],
  [`^${"a{0,16}".repeat(40)}b`, "a".repeat(60)],
];

describe("patterns that a log line could stop the agent with are refused", () => {
  it.each(BOMBS)("%s", (text) => {
    expect(checkPattern(text)).toMatch(/for ever/);
  });
});

describe("what RegExp itself refuses", () => {
  it("is said in its words", () => {
    expect(checkPattern("(")).toBe("it cannot be read: Unterminated group");
    expect(checkPattern("a".repeat(501))).toContain("501 characters");
  });
});

/** Deterministic, so that a failure can be looked at again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ATOMS = ["a", "b", "[ab]", ".", String.raw`\w`, "[^b]", "(?:ab)", "(?:a|b)", "(?:a|ab)"];
const QUANTIFIERS = ["", "", "*", "+", "?", "{2}", "{1,3}", "{2,}"];

function randomPattern(random: () => number, depth = 0): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const atom =
      depth < 2 && random() < 0.3 ? `(?:${randomPattern(random, depth + 1)})` : pick(ATOMS);
    return atom + pick(QUANTIFIERS);
  }).join(random() < 0.15 ? "|" : "");
}

describe("whatever is accepted", () => {
  it("takes no more than about the square of the text", () => {
    const random = createRandom(7);
    let accepted = 0;
    for (let round = 0; round < 3_000; round++) {
      const text = `^${randomPattern(random)}$`;
      if (checkPattern(text) !== undefined) continue;
      accepted += 1;
      for (const unit of ["a", "ab", "b"]) {
        // One that doubles its time with every letter would not come back from this.
        new RegExp(text).test(`${unit.repeat(1_000)}!`);
      }
    }
    expect(accepted).toBeGreaterThan(100);
  });
});
