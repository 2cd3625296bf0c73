import { expect, test } from "vitest";
import { createRandom } from "../../../core/test/random.ts";
import { decodeLine } from "../../src/files/decode-line.ts";
import { createLineSplitter, type LineSplitter } from "../../src/files/line-splitter.ts";

interface Seen {
  readonly text: string;
  readonly endOffset: number;
  readonly cutBytes: number;
}

function pushInPieces(splitter: LineSplitter, bytes: Buffer, nextLength: () => number): Seen[] {
  const seen: Seen[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = nextLength();
    // The reader's buffer is used again for the next read.
    const chunk = Buffer.from(bytes.subarray(at, at + length));
    splitter.push(chunk, (line) => {
      seen.push({ ...decodeLine(line), endOffset: line.endOffset });
    });
    chunk.fill(0x21);
    at += length;
  }
  return seen;
}

test("gives the same lines wherever the bytes are cut, characters in half included", () => {
  const random = createRandom(3);
  for (let round = 0; round < 300; round++) {
    const lines = Array.from({ length: 6 }, () =>
      random.text("aäß€#\r \t", random.integer(30)).replaceAll("#", "😀"),
    );
    const bytes = Buffer.from(`${lines.join("\n")}\nrest`);
    const splitter = createLineSplitter(0, 1_000);
    const seen = pushInPieces(splitter, bytes, () => 1 + random.integer(9));
    expect(seen.map(({ text }) => text)).toEqual(lines.map((line) => line.replace(/\r$/, "")));
    expect(seen.at(-1)?.endOffset).toBe(bytes.length - 4);
    expect(splitter.takeRest()?.bytes.toString()).toBe("rest");
    expect(splitter.takeRest()).toBeUndefined();
  }
});

test("cuts a line at the limit, between characters, and counts what it left out", () => {
  const splitter = createLineSplitter(0, 10);
  const bytes = Buffer.from(`${"€".repeat(100)}\nnext\n`);
  expect(pushInPieces(splitter, bytes, () => 7)).toMatchObject([
    { text: "€€€", cutBytes: 291 },
    { text: "next", cutBytes: 0 },
  ]);
});

test("holds no more than the limit of a line that never ends", () => {
  const splitter = createLineSplitter(0, 1_000);
  const chunk = Buffer.alloc(100_000, "x");
  for (let n = 0; n < 100; n++) splitter.push(chunk, () => expect.unreachable());
  const rest = splitter.takeRest();
  expect(rest?.bytes.length).toBe(1_000);
  expect(rest?.cutBytes).toBe(100 * 100_000 - 1_000);
});

test("leaves out a hole at the start of a line, but no NUL inside", () => {
  const splitter = createLineSplitter(0, 100);
  const bytes = Buffer.concat([Buffer.alloc(5_000), Buffer.from("first\na\0b\n")]);
  expect(pushInPieces(splitter, bytes, () => 512)).toMatchObject([
    { text: "first", endOffset: 5_006, cutBytes: 0 },
    { text: "a\0b", cutBytes: 0 },
  ]);
});

test("leaves out the byte order mark of a file, and gives U+FFFD for what is no UTF-8", () => {
  const splitter = createLineSplitter(0, 100);
  const bytes = Buffer.from("\xef\xbb\xbfone\na\xc3(\xff\n\xef\xbb\xbftwo\n", "latin1");
  expect(pushInPieces(splitter, bytes, () => 100).map(({ text }) => text)).toEqual([
    "one",
    "a\ufffd(\ufffd",
    "\ufefftwo",
  ]);
});
