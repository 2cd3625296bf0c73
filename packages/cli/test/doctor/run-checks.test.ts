import { describe, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import type { Check, CheckResult } from "../../src/doctor/check.ts";
import { CHECKS } from "../../src/doctor/checks.ts";
import { createMarker } from "../../src/doctor/marker.ts";
import { runChecks } from "../../src/doctor/run-checks.ts";
import { recordIo } from "../support/io.ts";

const examination = {
  context: createContext(recordIo({ HOME: "/nowhere" })),
  marker: createMarker(1_700_000_000_000),
  timeoutMillis: 10,
};

const OK: CheckResult = { status: "ok", detail: "" };

function check(
  id: string,
  after: string[],
  result: CheckResult = OK,
): Check & { runs: () => number } {
  let runs = 0;
  return {
    id,
    title: id,
    after,
    runs: () => runs,
    run: async () => {
      runs += 1;
      return result;
    },
  };
}

describe("runChecks", () => {
  it("leaves out what builds on a broken hop, and what builds on that", async () => {
    const broken = check("way", [], { status: "failed", reason: "closed", fix: "open it" });
    const next = check("store", ["way"]);
    const last = check("rules", ["store"]);
    const other = check("disk", []);
    const reports = await runChecks([broken, other, next, last], examination);
    expect(reports.map(({ id, status }) => [id, status])).toEqual([
      ["way", "failed"],
      ["disk", "ok"],
      ["store", "skipped"],
      ["rules", "skipped"],
    ]);
    expect(next.runs() + last.runs()).toBe(0);
  });

  it("goes on after a warning", async () => {
    const warned = check("agent", [], { status: "warning", reason: "no engine", fix: "start it" });
    const reports = await runChecks([warned, check("lines", ["agent"])], examination);
    expect(reports.map(({ status }) => status)).toEqual(["warning", "ok"]);
  });

  it("tells each report once", async () => {
    const told: string[] = [];
    await runChecks([check("a", []), check("b", ["a"])], examination, ({ id }) => told.push(id));
    expect(told.sort()).toEqual(["a", "b"]);
  });
});

describe("CHECKS", () => {
  it("have ids of their own and build only on those above them", () => {
    const above = new Set<string>();
    for (const { id, after } of CHECKS) {
      expect(above.has(id)).toBe(false);
      for (const ground of after) expect(above).toContain(ground);
      above.add(id);
    }
  });
});
