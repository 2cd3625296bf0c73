import { expect, it } from "vitest";
import { Document, parse } from "yaml";
import { toGoYaml } from "../../src/emit/go-yaml.ts";

it("breaks of YAML 1.1 stand in no text as they are, and are read as they were", () => {
  const value = {
    plain: "a \u2028 b",
    "key\u2029": ["x\u0085", { deep: "first\n\u2028 second\n" }],
    other: "nothing",
  };
  const text = toGoYaml(new Document(value), { lineWidth: 0 });
  expect(text).not.toMatch(/[\u0085\u2028\u2029]/);
  expect(text).toContain("other: nothing");
  expect(parse(text)).toEqual(value);
});
