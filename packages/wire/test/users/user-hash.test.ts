import { inspect } from "node:util";
import { isUserHash } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createUserKey, userHash } from "../../src/users/user-hash.ts";

describe("userHash", () => {
  it("is the first 8 bytes of HMAC-SHA-256, as RFC 4231 gives it", () => {
    // Test case 2: key "Jefe".
    expect(userHash("what do ya want for nothing?", "Jefe")).toBe("5bdcc146bf60754e");
  });

  it("is the same for a secret as text and as key, and another one for another secret or id", () => {
    const hash = userHash("42", "a secret of some length");
    expect(isUserHash(hash)).toBe(true);
    expect(userHash("42", createUserKey("a secret of some length"))).toBe(hash);
    expect(userHash("42", "another secret of some length")).not.toBe(hash);
    expect(userHash("43", "a secret of some length")).not.toBe(hash);
  });

  it("takes invalid UTF-16 without complaint", () => {
    expect(isUserHash(userHash("\ud800", "a secret of some length"))).toBe(true);
  });

  it("keeps the secret out of prints and JSON", () => {
    const key = createUserKey("a secret of some length");
    expect(inspect(key, { depth: 9, showHidden: true }) + JSON.stringify({ key })).not.toContain(
      "secret of",
    );
  });
});
