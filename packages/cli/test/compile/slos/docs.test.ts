import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compileSlos } from "../../../src/compile/slos/compile-slos.ts";
import { SLO_METRIC } from "../../../src/compile/slos/slo-metric.ts";
import { renderSlo } from "../../../src/report/slo-text.ts";
import { inputOf } from "../compile-text.ts";

const page = readFileSync(
  join(dirname(fileURLToPath(import.meta.url)), "../../../../../docs/slos.md"),
  "utf8",
);

describe("docs/slos.md", () => {
  const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const { slos, faults } = compileSlos(inputOf(yaml));

  it("has an example of each kind that is taken as it is", () => {
    expect(faults).toEqual([]);
    expect(slos).toHaveLength(4);
  });

  it("shows the table that comes of it", () => {
    const [first] = slos;
    expect(first && page.includes(renderSlo(first))).toBe(true);
  });

  it("names everything that is recorded", () => {
    for (const metric of Object.values(SLO_METRIC)) expect(page).toContain(metric);
  });
});
