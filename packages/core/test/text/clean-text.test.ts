import { describe, expect, it } from "vitest";
import { cleanText } from "../../src/text/clean-text.ts";

describe("cleanText", () => {
  it.each([
    ["colours", "\u001b[1;31merror\u001b[0m: x", "error: x"],
    ["colours of 24 bits", "\u001b[38;2;1;2;3mx\u001b[m", "x"],
    ["cursor and erase", "\u001b[2K\u001b[1Gdone\u001b[?25h", "done"],
    ["a title that ends with BEL", "\u001b]0;title\u0007text", "text"],
    ["a link that ends with ST", "\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\", "text"],
    ["forms of one byte", "\u009b31mred\u009b0m \u009d0;title\u009ctext", "red text"],
    ["single escapes", "\u001b(Bx\u001b7\u001bM", "x"],
    ["NUL", "a\u0000b", "ab"],
    ["what nobody would see", "a\u0008b\u001b", "a␈b␛"],
    ["DEL and C1", "a\u007fb\u0085c", "a␡b\ufffdc"],
    ["a carriage return at the end", "text\r", "text"],
    ["Windows line ends", "one\r\ntwo\r\n", "one\ntwo\n"],
    [
      "a progress bar",
      "\r 10%|█  | 1/10\r 50%|█████ | 5/10\r100%|██████████| 10/10",
      "100%|██████████| 10/10",
    ],
    ["a download", "get 1.2 MB\rget 900 kB\rget 3 MB\rdone", "get 3 MB\ndone"],
    [
      "what a terminal would hide",
      "password wrong\rall is well   ",
      "password wrong\nall is well   ",
    ],
    ["tabs, line ends and other scripts", "\tat a\nüß 漢字 🎉", "\tat a\nüß 漢字 🎉"],
  ])("cleans %s", (_, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  it("keeps the line behind a terminal string that has no end", () => {
    expect(cleanText("\u001b]0;order 17 failed")).toBe("0;order 17 failed");
  });

  it("takes bounded time for hostile text", () => {
    for (const unit of [
      "\u001b",
      "\u001b[",
      "\u001b]",
      "\u001b[0",
      "\u009d",
      "\r",
      "a\r",
      "\u0000",
      "\u001b]x",
    ]) {
      const text = cleanText(unit.repeat(1_000_000 / unit.length));
      expect(text.includes("\u001b") || text.includes("\r")).toBe(false);
    }
  });
});
