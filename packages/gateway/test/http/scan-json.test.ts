import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePayload } from "../../src/http/parse-payload.ts";
import { scanJson } from "../../src/http/scan-json.ts";

const WIDE = { maxDepth: 1_000, maxValues: 1_000_000 };
const scan = (text: string, limits = WIDE) => scanJson(Buffer.from(text), limits);

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("the look at JSON before it is parsed", () => {
  it("finds nothing wrong with what a parser takes, and the very depth of it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), (value) => {
        const text = JSON.stringify(value);
        const depth = depthOf(JSON.parse(text));
        expect(scan(text)).toBe("fine");
        expect(scan(text, { ...WIDE, maxDepth: depth })).toBe("fine");
        if (depth > 0) expect(scan(text, { ...WIDE, maxDepth: depth - 1 })).toBe("too_deep");
      }),
    );
  });

  it("never throws at bytes, and what it takes is parsed or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const limits = { maxDepth: 4, maxValues: 20 };
        expect(["ok", "bad_json", "too_deep", "too_many_values"]).toContain(
          parsePayload(Buffer.from(bytes), limits).status,
        );
      }),
    );
  });

  it("is not misled by quotes and brackets in texts", () => {
    expect(scan(String.raw`{"a\\":"\"[[[[","b":["]"]}`, { ...WIDE, maxDepth: 2 })).toBe("fine");
    expect(scan(String.raw`"\\\"`)).toBe("bad_json");
  });

  it("looks at a text of nothing but backslashes in one pass", () => {
    const text = `"${"\\\\".repeat(1_000_000)}"`;
    expect(scan(text)).toBe("fine");
  });

  it("counts the values of lists and objects together", () => {
    expect(scan("[1,[2,3],{}]", { ...WIDE, maxValues: 6 })).toBe("fine");
    expect(scan("[1,[2,3],{}]", { ...WIDE, maxValues: 5 })).toBe("too_many_values");
  });
});
