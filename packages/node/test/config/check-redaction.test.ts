import { expect, it } from "vitest";
import { checkOptions } from "../../src/config/check-options.ts";

it("takes every rule of redaction", () => {
  const redaction = {
    denyKeys: ["iban"],
    allowKeys: ["token"],
    allowCategories: ["email", "url_query"],
    denyPatterns: [/secret-\d{4}/],
    keepUrlQuery: true,
    allowUrlParameters: ["page"],
    removeTerminalCodes: true,
    maxTextLength: 1_000,
    maxValueTextLength: 1_000,
    maxValueLength: 1_000,
    maxDepth: 4,
    maxEntries: 10,
    maxNodes: 100,
  };
  expect(checkOptions({ redaction })).toEqual([]);
});

it("names all faults at once, guesses the rule that was meant, and repeats no value", () => {
  const redaction = {
    denyKey: ["hunter2"],
    elsewhere: 1,
    allowCategories: ["emails"],
    denyPatterns: ["hunter2"],
    keepUrlQuery: "yes",
    maxDepth: 0,
  };
  const faults = checkOptions({ redaction });

  expect(faults).toHaveLength(6);
  expect(faults[0]).toBe('redaction: "denyKey" is not a rule: did you mean "denyKeys"?');
  expect(faults[1]).toContain("known are denyKeys, allowKeys, allowCategories");
  expect(faults[2]).toContain('expected a list of "key", "authorization"');
  expect(faults.join(" ")).not.toContain("hunter2");
});
