import { inferSeverity, parseAnyStack, SEVERITY } from "@sightline/core";
import { CONTINUATION, FRAME_LINE, PYTHON_TRACEBACK, RUBY_RAISED } from "./exception-marks.ts";

/** A message may have lines of its own before the first call. */
const MAX_MESSAGE_LINES = 40;
const MAX_HEADER_LINES = 12;

/** So many lines of other things mean that the process lived on. */
const MAX_LINES_AFTER = 10;

export function wentOn(lines: readonly string[], end: number): boolean {
  return lines.slice(end + 1).filter((line) => line.trim() !== "").length > MAX_LINES_AFTER;
}

const MAX_CHAIN_LINES = 400;
const CHAIN =
  /^(?:The above exception was the direct cause|During handling of the above exception)/;
const RECOVERED = /^panic: .{0,2000} \[recovered/;

/** A chained traceback begins with its first cause, a Ruby one with the last, a panic with the first. */
export function chainStart(lines: readonly string[], start: number): number {
  let first = start;
  for (let index = start - 1; index >= Math.max(0, start - MAX_CHAIN_LINES); index -= 1) {
    const line = lines[index] ?? "";
    if (PYTHON_TRACEBACK.test(line)) {
      if (!lines.slice(index, first).some((between) => CHAIN.test(between))) break;
      first = index;
    } else if (RECOVERED.test(line)) first = index;
    else if (RUBY_RAISED.test(line) && RUBY_RAISED.test(lines[first] ?? "")) {
      if (!lines.slice(index + 1, first).every((between) => FRAME_LINE.test(between))) break;
      first = index;
    }
  }
  return first;
}

/** The line above a traceback says `ERROR`: somebody caught it and wrote it down. */
export function isLogged(lines: readonly string[], start: number): boolean {
  const above = start > 0 ? inferSeverity(lines[start - 1] ?? "") : undefined;
  if (above === undefined || !PYTHON_TRACEBACK.test(lines[start] ?? "")) return false;
  const isLevel = above.source === "token" || above.source === "field";
  return isLevel && above.severityNumber >= SEVERITY.WARN;
}

/** A line that belongs to no message. */
const LOG_LINE = /^\{|^[[(]?(?:\d{4}[-/]\d\d|\d{1,2}:\d\d)/;
/** The end of a Rust panic without backtrace. */
const RUST_NOTE = /^note: run with /;

/** The last line of the text that begins here. */
export function endOfBlock(lines: readonly string[], start: number): number {
  const limit = Math.min(lines.length, start + 1 + MAX_MESSAGE_LINES);
  let end = start;
  for (let index = start + 1; index < limit; index += 1) {
    const line = lines[index] ?? "";
    if (LOG_LINE.test(line)) break;
    if (FRAME_LINE.test(line) || RUST_NOTE.test(line)) {
      end = index;
      break;
    }
  }
  let wasFrame = end > start;
  for (let index = end + 1; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    // The name of a Python exception stands below its calls, where nothing marks it.
    const isPythonEnd = wasFrame && !/^\s|^$/.test(line) && isBelowSource(lines, index);
    if (!CONTINUATION.test(line) && !FRAME_LINE.test(line) && !isPythonEnd) break;
    wasFrame = /^\s/.test(line) || FRAME_LINE.test(line);
    if (line !== "") end = index;
  }
  return end;
}

const PYTHON_FRAME = /^\s{0,12}(?:\| {1,4})?File "[^"]{1,500}", line \d/;

function isBelowSource(lines: readonly string[], index: number): boolean {
  return lines.slice(Math.max(0, index - 4), index).some((line) => PYTHON_FRAME.test(line));
}

export function lastFrame(lines: readonly string[], before: number): number {
  const index = lines.findLastIndex((line, at) => at < before && FRAME_LINE.test(line));
  return index < 0 ? before : index;
}

/** Goes up over the calls to the line that names the exception, or that a logger wrote above it. */
export function headerAbove(lines: readonly string[], frame: number): number {
  let index = frame;
  while (index > 0 && isInside(lines, index)) index -= 1;
  const below = lines.slice(index, Math.min(lines.length, index + MAX_MESSAGE_LINES));
  for (let up = index; up >= Math.max(0, index - MAX_HEADER_LINES); up -= 1) {
    const text = [...lines.slice(up, index), ...below].join("\n");
    if (parseAnyStack(text)?.type !== undefined) return up;
  }
  return index;
}

const GO_PLACE = /^\s{1,8}\S{1,500}\.(?:go|s):\d{1,9}(?:\s|$)/;

function isInside(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? "";
  return FRAME_LINE.test(line) || CONTINUATION.test(line) || GO_PLACE.test(lines[index + 1] ?? "");
}
