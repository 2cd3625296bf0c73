import type { Panel, PlacedPanel } from "./dashboard-json.ts";

/** Grafana's grid is 24 wide. */
const GRID_WIDTH = 24;

export interface Section {
  /** No title: the panels stand at the top without a row above them. */
  readonly title?: string;
  readonly height: number;
  /** One line of panels that share the width evenly. */
  readonly lines: readonly (readonly Panel[])[];
}

/** Places the sections below each other. Ids count up, so that the same input is the same output. */
export function placePanels(sections: readonly Section[]): PlacedPanel[] {
  const placed: PlacedPanel[] = [];
  let y = 0;
  for (const section of sections) {
    if (section.title !== undefined) {
      placed.push({
        type: "row",
        id: placed.length + 1,
        title: section.title,
        collapsed: false,
        panels: [],
        gridPos: { x: 0, y, w: GRID_WIDTH, h: 1 },
      });
      y += 1;
    }
    for (const line of section.lines) {
      const w = evenWidth(line);
      for (const [index, panel] of line.entries()) {
        const gridPos = { x: index * w, y, w, h: section.height };
        placed.push({ ...panel, id: placed.length + 1, gridPos });
      }
      y += section.height;
    }
  }
  return placed;
}

function evenWidth(line: readonly Panel[]): number {
  const width = GRID_WIDTH / line.length;
  if (!Number.isInteger(width)) {
    throw new Error(`${line.length} panels in a line do not divide the grid of ${GRID_WIDTH}`);
  }
  return width;
}
