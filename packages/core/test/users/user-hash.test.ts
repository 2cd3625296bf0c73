import { expect, it } from "vitest";
import { isUserSecret, USER_SECRET_EXPECTED } from "../../src/users/user-hash.ts";

it("takes a secret from 16 characters on, and blanks do not count", () => {
  expect(isUserSecret("0123456789abcdef")).toBe(true);
  expect(isUserSecret("0123456789abcde")).toBe(false);
  expect(isUserSecret(` 0123456789abcde${" ".repeat(20)}`)).toBe(false);
  expect(isUserSecret("")).toBe(false);
  expect(USER_SECRET_EXPECTED).toContain("16 characters");
});
