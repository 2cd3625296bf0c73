import { expect, it } from "vitest";
import { createUrlTemplates } from "../../src/http/url-template.ts";

it.each([
  ["/", "/"],
  ["", "/"],
  ["/v1/users/42?token=secret", "/v1/users/{id}"],
  ["/v2/charges/ch_3NffrFeUfNV2Hib", "/v2/charges/{id}"],
  ["/orders/order-2026/items/7", "/orders/{id}/items/{id}"],
  ["/b/3f2504e0-4f89-41d3-9a0c-0305e82c3301/k", "/b/{id}/k"],
  ["/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709", "/commit/{id}"],
  ["/day/2026-11-23", "/day/{id}"],
  ["/mail/ann%40example.org", "/mail/{id}"],
  ["/mail/ann@example.org", "/mail/{id}"],
  ["/oauth2/token", "/oauth2/token"],
  ["/api/v1.2/health-check", "/api/v1.2/health-check"],
  [`/${"a".repeat(41)}/x`, "/{id}/x"],
  [`/${Array.from({ length: 14 }, () => "a").join("/")}`, `${"/a".repeat(10)}/{rest}`],
])("makes of %s the template %s", (path, template) => {
  expect(createUrlTemplates().templateOf(path)).toBe(template);
});

it("learns that many names at one place are names of things", () => {
  const templates = createUrlTemplates();
  const names = Array.from(
    { length: 40 },
    (_, index) =>
      `${"abcdefghij".charAt(index % 10)}${"klmn".charAt(index % 4)}${"opqrs".charAt(index % 5)}${"x".repeat(index)}`,
  );
  const found = names.map((name) => templates.templateOf(`/users/${name}/posts`));

  expect(found[0]).toBe(`/users/${names[0]}/posts`);
  expect(found.at(-1)).toBe("/users/{id}/posts");
  // What is known of other places stays.
  expect(templates.templateOf("/teams/red")).toBe("/teams/red");
});

it("stays small and quick over paths that nobody would write", () => {
  const templates = createUrlTemplates();
  const seen = new Set<string>();
  for (let index = 0; index < 20_000; index += 1) {
    const path = `/${"abcdefghijklmnopqrstuvwxyz"[index % 26]}${"q".repeat(index % 13)}/${"z".repeat(index % 17)}y/${"k".repeat(index % 19)}`;
    seen.add(templates.templateOf(path));
  }
  expect(seen.size).toBeLessThan(1_000);
  expect(templates.templateOf("/".repeat(100_000))).toContain("{rest}");
  expect(templates.templateOf(`/${"1".repeat(1_000_000)}`)).toBe("/{id}");
});
