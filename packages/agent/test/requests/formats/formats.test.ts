import { describe, expect, it } from "vitest";
import { NO_REQUEST } from "../../../src/requests/access-line.ts";
import { createDetection } from "../../../src/requests/detection.ts";
import { ACCESS_LINES, LINES_WITHOUT_REQUEST, OTHER_LINES } from "../access-lines.ts";

const read = (text: string) => createDetection().read(text);

describe.each(Object.entries(ACCESS_LINES))("lines of %s", (_, lines) => {
  it.each(lines)("are read: %s", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("are still read when they are cut at any place, or are no access line any more", () => {
    for (const [text, expected] of lines) {
      for (let length = 0; length < text.length; length += 1) {
        const found = read(text.slice(0, length));
        if (found === undefined || found === NO_REQUEST) continue;
        // A cut may take the time or the host away, never turn the request into another.
        expect({ text, method: found.method }).toEqual({ text, method: expected.method });
        expect(expected.target.startsWith(found.target)).toBe(true);
      }
    }
  });
});

describe("other lines", () => {
  it.each(LINES_WITHOUT_REQUEST)("are access lines without a request: %s", (text) => {
    expect(read(text)).toBe(NO_REQUEST);
  });

  it.each(OTHER_LINES)("are no access lines: %s", (text) => {
    expect(read(text)).toBeUndefined();
  });
});
