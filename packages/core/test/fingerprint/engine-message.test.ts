import { describe, expect, it } from "vitest";
import { toCommonError } from "../../src/fingerprint/engine-message.ts";
import { fingerprint } from "../../src/fingerprint/fingerprint.ts";
import {
  MUTED_ERRORS,
  type MutedError,
  mutedFingerprint,
} from "../../src/fingerprint/muted-errors.ts";

/** What Chrome, Firefox and Safari say of one mistake; several where a version said it otherwise. */
const SAME: Readonly<Record<string, readonly (readonly [type: string, message: string])[]>> = {
  "a property of undefined": [
    ["TypeError", "Cannot read properties of undefined (reading 'total')"],
    ["TypeError", "Cannot read property 'total' of undefined"],
    ["TypeError", `can't access property "total", e.items is undefined`],
    ["TypeError", `can't access property "total" of undefined`],
    ["TypeError", "undefined is not an object (evaluating 'e.items.total')"],
    ["TypeError", "undefined is not an object (evaluating 't().total')"],
  ],
  "a property of null that is set": [
    ["TypeError", "Cannot set properties of null (setting 'open')"],
    ["TypeError", `can't access property "open", n is null`],
    ["TypeError", "null is not an object (evaluating 'n.open = !0')"],
  ],
  "a method that is none": [
    ["TypeError", "e.reload is not a function"],
    ["TypeError", "t.cart.reload is not a function"],
    ["TypeError", "(intermediate value).reload is not a function"],
    ["TypeError", "e.reload is not a function. (In 'e.reload()', 'e.reload' is undefined)"],
  ],
  "a function that is none, under a minifier's name": [
    ["TypeError", "e is not a function"],
    ["TypeError", "n is not a function. (In 'n()', 'n' is undefined)"],
  ],
  "a name that nobody defined": [
    ["ReferenceError", "gtag is not defined"],
    ["ReferenceError", "Can't find variable: gtag"],
  ],
  "a recursion without end": [
    ["RangeError", "Maximum call stack size exceeded"],
    ["InternalError", "too much recursion"],
    ["RangeError", "Maximum call stack size exceeded."],
  ],
  "a request without an answer": [
    ["TypeError", "Failed to fetch"],
    ["TypeError", "NetworkError when attempting to fetch resource."],
    ["TypeError", "Load failed"],
  ],
  "a chunk of an older build": [
    ["TypeError", "Failed to fetch dynamically imported module: https://a.example/x-1a2b3c4d.js"],
    ["TypeError", "error loading dynamically imported module: https://a.example/x-99887766.js"],
    ["TypeError", "Importing a module script failed."],
  ],
  "an answer that is no JSON": [
    ["SyntaxError", `Unexpected token '<', "<!doctype "... is not valid JSON`],
    ["SyntaxError", "Unexpected token < in JSON at position 0"],
    ["SyntaxError", "JSON.parse: unexpected character at line 1 column 1 of the JSON data"],
    ["SyntaxError", "JSON Parse error: Unrecognized token '<'"],
  ],
  "an answer that ends too early": [
    ["SyntaxError", "Unexpected end of JSON input"],
    ["SyntaxError", "JSON.parse: unexpected end of data at line 1 column 1 of the JSON data"],
    ["SyntaxError", "JSON Parse error: Unexpected EOF"],
  ],
  "a constant that is assigned": [
    ["TypeError", "Assignment to constant variable."],
    ["TypeError", "invalid assignment to const 'e'"],
  ],
};
const fpOf = ([type, message]: readonly [string, string]): string =>
  fingerprint(toCommonError({ type, message })).fp;

describe("errors of engines", () => {
  it.each(Object.entries(SAME))("are one for %s", (_, errors) => {
    expect(new Set(errors.map(fpOf)).size).toBe(1);
  });

  it("are different for different mistakes", () => {
    const firsts = Object.values(SAME).map(([first]) => fpOf(first ?? ["", ""]));
    expect(new Set(firsts).size).toBe(firsts.length);
    expect(fpOf(["TypeError", "e.load is not a function"])).not.toBe(
      fpOf(["TypeError", "e.save is not a function"]),
    );
  });

  it("leaves the words of the page's own author alone", () => {
    for (const message of [
      "the cart is empty",
      "order is undefined behaviour",
      "user is null",
      "Load failed for order 7",
      "",
    ]) {
      expect(toCommonError({ type: "Error", message })).toEqual({ type: "Error", message });
    }
  });

  it("comes to an end with texts that are made to take long", () => {
    const texts = [
      `${"a.".repeat(40_000)}b is not a function`,
      `undefined is not an object (evaluating '${"x.".repeat(40_000)}`,
      `can't access property "${"x".repeat(80)}", ${"is ".repeat(40_000)}`,
      `Unexpected token ${"is not ".repeat(40_000)}`,
      "(".repeat(80_000),
    ];
    for (const message of texts) {
      expect(toCommonError({ type: "TypeError", message }).type).toBe("TypeError");
    }
  });
});

describe("muted errors", () => {
  it("have one fingerprint for each kind", () => {
    const kinds = Object.keys(MUTED_ERRORS) as MutedError[];
    expect(new Set(kinds.map((kind) => mutedFingerprint(kind).fp)).size).toBe(kinds.length);
  });
});
