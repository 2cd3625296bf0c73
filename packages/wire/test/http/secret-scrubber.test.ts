import { expect, test } from "vitest";
import { createSecretScrubber } from "../../src/http/secret-scrubber.ts";

const basic = `Basic ${Buffer.from("alice:correct horse").toString("base64")}`;

const scrub = createSecretScrubber(
  { authorization: "Bearer token-12345", "proxy-authorization": basic, "x-scope": "team" },
  [new URL("https://bob:pa%20ssword@collector.example/v1/logs?key=query-secret")],
);

test.each([
  ["the whole header", "got Bearer token-12345 there"],
  ["the token without its scheme", 'invalid token "token-12345"'],
  ["basic credentials as sent", basic],
  ["basic credentials decoded", "no user alice:correct horse"],
  ["the password alone", "wrong: correct horse"],
  ["a password of the URL", "bob:pa%20ssword@collector.example"],
  ["a value of the query", "/v1/logs?key=query-secret"],
])("hides %s", (_name, text) => {
  const scrubbed = scrub(text);
  expect(scrubbed).toContain("[hidden]");
  for (const secret of ["token-12345", "correct horse", "ssword", "query-secret", basic.slice(6)]) {
    expect(scrubbed).not.toContain(secret);
  }
});

test("leaves short values and all other text alone", () => {
  expect(scrub("HTTP 503 from team collector")).toBe("HTTP 503 from team collector");
});
