import type { SourceMapSegment } from "@jridgewell/trace-mapping";

/** Mappings of six lines, the same for the same seed: all kinds of segments, in order, none twice. */
export function randomMap(seed: number): SourceMapSegment[][] {
  let state = seed;
  const next = (limit: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
  return Array.from({ length: 6 }, () => {
    const segments: SourceMapSegment[] = [];
    for (let column = next(5); column < 40; column += 1 + next(6)) {
      const place: [number, number, number, number] = [column, next(2), next(500), next(90)];
      segments.push(next(5) === 0 ? [column] : next(3) === 0 ? [...place, 0] : place);
    }
    return segments;
  });
}
