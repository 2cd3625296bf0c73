import { describe, expect, it } from "vitest";
import type { Panel } from "../../src/dashboard/dashboard-json.ts";
import { placePanels } from "../../src/dashboard/layout.ts";
import { statPanel } from "../../src/dashboard/panel.ts";
import { PROMETHEUS_SOURCE } from "../../src/dashboard/targets.ts";

const panel = (title: string): Panel =>
  statPanel({ title, description: title, source: PROMETHEUS_SOURCE, targets: [], noValue: "" });

describe("placePanels", () => {
  it("puts sections below each other and shares the width evenly", () => {
    const placed = placePanels([
      { height: 4, lines: [[panel("a"), panel("b")]] },
      { title: "More", height: 6, lines: [[panel("c")], [panel("d"), panel("e"), panel("f")]] },
    ]);
    expect(placed.map(({ id, title, gridPos }) => [id, title, ...Object.values(gridPos)])).toEqual([
      [1, "a", 0, 0, 12, 4],
      [2, "b", 12, 0, 12, 4],
      [3, "More", 0, 4, 24, 1],
      [4, "c", 0, 5, 24, 6],
      [5, "d", 0, 11, 8, 6],
      [6, "e", 8, 11, 8, 6],
      [7, "f", 16, 11, 8, 6],
    ]);
  });

  it("refuses a line that leaves a gap at the right edge", () => {
    const line = ["a", "b", "c", "d", "e"].map(panel);
    expect(() => placePanels([{ height: 4, lines: [line] }])).toThrow(
      "5 panels in a line do not divide the grid of 24",
    );
  });
});
