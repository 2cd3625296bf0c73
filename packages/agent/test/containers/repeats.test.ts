import { describe, expect, it } from "vitest";
import { createRepeats } from "../../src/containers/repeats.ts";
import { type Anchor, anchorOf } from "../../src/docker/anchor.ts";

const line = (n: number, text = `line ${n}`): Anchor =>
  anchorOf({
    text,
    time: [1_800_000_000 + Math.floor(n / 1_000), (n % 1_000) * 1_000_000],
    stream: "stdout",
    cutBytes: 0,
  });

describe("lines that Docker hands out twice", () => {
  it("are known again, as far back as a rotation repeats them", () => {
    const repeats = createRepeats();
    for (let n = 0; n < 10_000; n += 1) expect(repeats.isRepeat(line(n))).toBe(false);
    for (let n = 8_500; n < 10_000; n += 1) expect(repeats.isRepeat(line(n))).toBe(true);
    expect(repeats.isRepeat(line(10_000))).toBe(false);
  });

  it("are not those of the same moment with another text, nor of the other stream", () => {
    const repeats = createRepeats();
    expect(repeats.isRepeat(line(1, "one"))).toBe(false);
    expect(repeats.isRepeat(line(1, "two"))).toBe(false);
    expect(repeats.isRepeat({ ...line(1, "one"), stream: "stderr" })).toBe(false);
    expect(repeats.isRepeat(line(1, "one"))).toBe(true);
  });

  it("are not those that were written after the clock was set back", () => {
    const repeats = createRepeats();
    repeats.isRepeat(line(5_000));
    expect(repeats.isRepeat(line(1_000))).toBe(false);
    expect(repeats.isRepeat(line(1_001))).toBe(false);
  });
});
