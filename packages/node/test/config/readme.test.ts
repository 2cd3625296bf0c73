import { readFileSync } from "node:fs";
import { REDACTION_CATEGORIES } from "@sightline/core";
import { expect, it } from "vitest";
import { checkRedaction } from "../../src/config/check-redaction.ts";
import { OPTION_RULES } from "../../src/config/option-rules.ts";
import { resolveConfig } from "../../src/config/resolve-config.ts";
import { FIELD_LIMITS } from "../../src/parts-of-config.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const section = (title: string): string =>
  README.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";

type Row = { readonly fallback: string; readonly meaning: string };

const rows = new Map<string, Row>(
  section("Options")
    .split("\n")
    .flatMap((line): [string, Row][] => {
      const cells = line.split("|").map((cell) => cell.trim());
      const name = /^`(\w+)`$/.exec(cells[1] ?? "")?.[1];
      if (name === undefined || cells.length !== 6) return [];
      return [[name, { fallback: cells[3] ?? "", meaning: cells[4] ?? "" }]];
    }),
);

it("has a row for every option, and for nothing else", () => {
  expect([...rows.keys()].sort()).toEqual(Object.keys(OPTION_RULES).sort());
});

it.each(Object.entries(OPTION_RULES))("says the default and the range of %s", (name, rule) => {
  const { fallback, meaning } = rows.get(name) ?? { fallback: "", meaning: "" };
  expect(fallback).not.toBe("");
  expect(meaning).not.toBe("");
  const range = /^a whole number of (\w+) from (\d+) to (\d+)$/.exec(rule.expected);
  if (range === null) return;
  const [, unit = "", min = "", max = ""] = range;
  expect(meaning).toContain(unit);
  expect(meaning).toMatch(new RegExp(`\\b${min}\\b.* to ${max}\\b`));
});

it("gives the defaults that hold", () => {
  const facts = {
    packageName: "shop",
    packageVersion: "1",
    hostname: "vm",
    isContainer: false,
    homeDirectory: "/home/ops",
    instanceId: "i",
    distroVersion: "1",
  };
  const { config } = resolveConfig({ options: {}, env: {}, facts });
  const plain = Object.entries(config).filter(
    ([name, value]) => rows.has(name) && ["number", "boolean"].includes(typeof value),
  );
  expect(plain.length).toBeGreaterThan(10);
  for (const [name, value] of plain)
    expect([name, rows.get(name)?.fallback]).toEqual([name, `${value}`]);
});

it("names every category and rule of redaction", () => {
  const text = section("Redaction");
  for (const category of REDACTION_CATEGORIES) expect(text).toContain(`\`${category}\``);
  for (const rule of ["denyKeys", "allowKeys", "allowCategories", "denyPatterns", "keepUrlQuery"]) {
    expect(text).toMatch(new RegExp(`\\b${rule}\\b`));
  }
});

it.each([
  "maxTextLength",
  "maxValueTextLength",
  "maxValueLength",
  "maxDepth",
  "maxEntries",
  "maxNodes",
])("says the default and the range of the rule %s", (rule) => {
  const row = section("Redaction")
    .split("\n")
    .find((line) => line.startsWith(`| \`${rule}\` |`));
  const fallback = Object.entries(FIELD_LIMITS).find(([name]) => name === rule)?.[1];
  if (fallback !== undefined) expect(row).toContain(`| ${fallback} |`);
  const [fault = ""] = checkRedaction({ [rule]: 0 });
  const [, range = "no range"] = /from (\d+ to \d+), got/.exec(fault) ?? [];
  expect(row).toMatch(new RegExp(`\\| \\d+ \\| .*\\b${range} \\|$`));
});
