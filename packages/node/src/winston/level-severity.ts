import type { SeverityNumber } from "@sightline/core";
import { createSeverityScale } from "../logs/severity-scale.ts";

type Levels = Readonly<Record<string, number>>;

/** By the object that holds a logger's levels: made once, and gone with it. */
const scales = new WeakMap<Levels, ReadonlyMap<string, SeverityNumber>>();

/** Severity of a level among the levels of its logger; undefined where it is none of them. */
export function severityOf(levels: Levels, level: string): SeverityNumber | undefined {
  let scale = scales.get(levels);
  if (scale === undefined) {
    const ranked = Object.entries(levels).sort(([, left], [, right]) => right - left);
    scale = createSeverityScale(ranked.map(([name]) => name));
    scales.set(levels, scale);
  }
  return scale.get(level);
}
