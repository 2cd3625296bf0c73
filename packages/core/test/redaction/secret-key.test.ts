import { describe, expect, it } from "vitest";
import { createSecretKeyTest } from "../../src/redaction/secret-key.ts";

const isSecretKey = createSecretKeyTest([], []);

describe("secret keys", () => {
  it.each([
    "password",
    "PASSWORD",
    "userPassword",
    "db_password",
    "DB_PASS",
    "smtp-pass",
    "passwd",
    "pwd",
    "token",
    "accessToken",
    "access_token",
    "X-Auth-Token",
    "authtoken",
    "AUTHTOKEN",
    "authorization",
    "Proxy-Authorization",
    "cookie",
    "Set-Cookie",
    "secret",
    "client_secret",
    "clientSecret",
    "AWS_SECRET_ACCESS_KEY",
    "apiKey",
    "api_key",
    "X-API-Key",
    "apikey",
    "MYAPIKEY",
    "privateKey",
    "private.key",
    "credentials",
    "jwt",
    "csrfToken",
    "http.request.header.authorization",
    "connectionString",
    "credit_card",
    "cvv",
    "session key",
  ])("takes %s for a secret", (key) => {
    expect(isSecretKey(key)).toBe(true);
  });

  it.each([
    "author",
    "authority",
    "authenticated",
    "tokenizer",
    "tokens",
    "max_tokens",
    "promptTokens",
    "token_count",
    "tokenType",
    "password_length",
    "secretary",
    "compass",
    "passenger",
    "passed",
    "pass_rate",
    "key",
    "primaryKey",
    "keyboard",
    "monkey",
    "cookie_count",
    "session.id",
    "user.hash",
    "secretName",
    "",
    "__proto__",
    "id",
    "code",
  ])("leaves %j readable", (key) => {
    expect(isSecretKey(key)).toBe(false);
  });

  it("adds denied keys and takes away allowed ones, whatever their case and separators; allowed wins", () => {
    const test = createSecretKeyTest(["nationalId", "shared"], ["csrf-token", "shared"]);
    expect(test("NATIONAL_ID")).toBe(true);
    expect(test("csrfToken")).toBe(false);
    expect(test("shared")).toBe(false);
    expect(test("password")).toBe(true);
  });
});
