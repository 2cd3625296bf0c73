import { expect, it } from "vitest";
import { decodeUtf8 } from "../../src/otlp/utf8.ts";
import { createRandom } from "../random.ts";

const reference = new TextDecoder("utf-8", { ignoreBOM: true });

it.each(["", "plain", "äöü€", "\u{1f600}\u{10ffff}", "\ufeffmark", "x".repeat(9_999)])(
  "reads %j",
  (text) => {
    expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
  },
);

it("reads invalid bytes as Node's TextDecoder does", () => {
  const random = createRandom(20_261_123);
  // Mostly lead and continuation bytes, so that sequences begin and break off.
  const bytes = [0x20, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xa0, 0x9f, 0xed, 0xef];
  bytes.push(0xf0, 0x90, 0x8f, 0xf4, 0xf5, 0xff);
  for (let n = 0; n < 50_000; n += 1) {
    const input = Uint8Array.from({ length: random.integer(12) }, () => random.pick(bytes));
    expect(decodeUtf8(input)).toBe(reference.decode(input));
  }
});
