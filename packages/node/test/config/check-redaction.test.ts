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

it("names the faults of all options at once, with what each takes", () => {
  const faults = checkOptions({
    maxRoutes: 0,
    maxPeers: "many",
    maxTemplates: 1_001,
    maxLabelValues: 1.5,
    clientTemplate: "/users/{id}",
    redaction: { denyKeys: "password", maxDepths: 3 },
    maxLabelValue: 7,
  });
  expect(faults).toEqual([
    "maxRoutes: expected a whole number of routes from 1 to 10000, got 0",
    'maxPeers: expected a whole number of hosts from 1 to 10000, got "many"',
    "maxTemplates: expected a whole number of templates from 1 to 1000, got 1001",
    "maxLabelValues: expected a whole number of values from 1 to 10000, got 1.5",
    'clientTemplate: expected a function from a URL to its template, or undefined, got "/users/{id}"',
    "redaction.denyKeys: expected a list of texts, got something else",
    'redaction: "maxDepths" is not a rule: did you mean "maxDepth"?',
    '"maxLabelValue" is not an option: did you mean "maxLabelValues"?',
  ]);
});
