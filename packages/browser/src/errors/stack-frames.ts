import type { ExceptionStackFrame } from "@grafana/faro-core";
import { getStackFramesFromError } from "@grafana/faro-web-sdk";
import { debugIdOf } from "./debug-ids.ts";

const MAX_FRAMES = 50;

/** A stack as Faro tells it, the innermost call first, each with the debug id of its file. */
export function stackFrames(stack: string): readonly ExceptionStackFrame[] {
  const frames = getStackFramesFromError({ name: "", message: "", stack: withoutMessage(stack) });
  return frames.slice(0, MAX_FRAMES).map(withDebugId);
}

/** The place that the browser names where there is no stack. */
export function placeFrame(file: string, line: number, column: number): ExceptionStackFrame {
  return withDebugId({ filename: file, function: "?", lineno: line, colno: column });
}

function withDebugId(frame: ExceptionStackFrame): ExceptionStackFrame {
  const id = debugIdOf(frame.filename);
  return { ...frame, filename: withoutQuery(frame.filename), ...(id ? { bundleid: id } : {}) };
}

function withoutQuery(file: string): string {
  return file.replace(/[?#].*$/s, "");
}

/** A line of the message may look like a frame; in V8 frames begin with the first `    at `. */
function withoutMessage(stack: string): string {
  const first = /^ {4}at /m.exec(stack);
  return first === null ? stack : stack.slice(first.index);
}
