import type { Position, Stream } from "./line.ts";

/** A source's position in the journal holds one for each of its streams. */
export type StreamPositions = Readonly<Partial<Record<Stream, Position>>>;

/** The part of one stream; undefined where there is none, or the journal is of another version. */
export function positionOfStream(
  saved: Position | undefined,
  stream: Stream,
): Position | undefined {
  if (saved === null || typeof saved !== "object" || Array.isArray(saved)) return undefined;
  return (saved as StreamPositions)[stream];
}
