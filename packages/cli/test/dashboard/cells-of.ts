import { expect } from "vitest";
import type { PlacedPanel } from "../../src/dashboard/dashboard-json.ts";

/** Every cell of the grid that the panel covers. */
export function cellsOf({ gridPos: { x, y, w, h } }: PlacedPanel): string[] {
  expect(x + w).toBeLessThanOrEqual(24);
  return Array.from(
    { length: w * h },
    (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`,
  );
}
