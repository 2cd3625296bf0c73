import type { Position, Time } from "../sources/line.ts";
import { type ContentMark, HEAD_BYTES, OVERLAP_BYTES } from "./file-content.ts";

/** What the positions of one chunk share. */
export interface FilePlace {
  /** Which configured glob follows the file. */
  readonly glob: string;
  /** The last path at which the glob found it. */
  readonly path: string;
  readonly life: string;
  /** Last change of the file when it was read. */
  readonly modifiedMillis: number;
  readonly mark: ContentMark;
  /** Older generations of the path that were last written before then are accounted for. */
  readonly sinceMillis: number;
  /** What the same file held before it was last truncated, newest first. */
  readonly former: readonly ContentMark[];
}

/** Where reading of a file goes on: what a line's `position` holds. */
export interface FilePosition {
  readonly place: FilePlace;
  readonly offset: number;
  /** Time of the last line. */
  readonly time: Time;
  /** The last line had no end when it was handed on; what follows is its rest. */
  readonly isHalf?: true;
}

export function toPosition(position: FilePosition): Position {
  return position as unknown as Position;
}

/** Undefined for whatever this version did not write. */
export function parsePosition(position: Position | undefined): FilePosition | undefined {
  const found = asObject(position);
  const place = asObject(found?.["place"]);
  if (!found || !place || !isOffset(found["offset"])) return undefined;
  const time = found["time"];
  if (!Array.isArray(time) || !isOffset(time[0]) || !isOffset(time[1])) return undefined;
  const texts = [place["glob"], place["path"], place["life"]];
  if (!texts.every((text) => typeof text === "string")) return undefined;
  if (typeof place["sinceMillis"] !== "number") return undefined;
  if (typeof place["modifiedMillis"] !== "number" || !isMark(place["mark"])) return undefined;
  if (!Array.isArray(place["former"]) || !place["former"].every(isMark)) return undefined;
  return position as unknown as FilePosition;
}

function isMark(value: unknown): value is ContentMark {
  const mark = asObject(value);
  return (
    mark !== undefined &&
    isOffset(mark["headBytes"]) &&
    mark["headBytes"] <= HEAD_BYTES &&
    isOffset(mark["checkOffset"]) &&
    typeof mark["headHash"] === "string" &&
    typeof mark["check"] === "string" &&
    mark["check"].length <= OVERLAP_BYTES * 2 &&
    mark["check"].length / 2 <= mark["checkOffset"]
  );
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}
