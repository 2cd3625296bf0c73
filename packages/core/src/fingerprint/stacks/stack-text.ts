import type { ParsedStack } from "../parse-stack.ts";
import type { StackFrame } from "../stack-frame.ts";

const MAX_CHARS = 65_536;
const MAX_LINES = 800;
const MAX_LINE_LENGTH = 1024;
const MAX_FRAMES = 100;
const MAX_CAUSES = 8;

/** One exception of a chain, before limits. */
export interface Section {
  type?: string;
  message?: string;
  frames: StackFrame[];
}

/**
 * Lines of a stack within limits that keep every parser linear. A long one loses its middle: Go and
 * .NET tell the reason at the head, Python and Java the root at the end.
 */
export function boundedLines(text: string): string[] {
  const half = MAX_CHARS / 2;
  const kept = text.length <= MAX_CHARS ? text : `${text.slice(0, half)}\n${text.slice(-half)}`;
  const lines = kept.split("\n");
  if (lines.length > MAX_LINES) lines.splice(MAX_LINES / 2, lines.length - MAX_LINES);
  return lines.map((line) => line.slice(0, MAX_LINE_LENGTH).trimEnd());
}

/** @param sections the exception that was raised first, then its causes, nearest first. */
export function toStack(sections: readonly Section[]): ParsedStack {
  const [first = { frames: [] }, ...causes] = sections.map(bounded);
  const last = causes.slice(0, MAX_CAUSES).map((cause) => ({ ...cause, causes: [] }));
  return { ...first, causes: last };
}

function bounded(section: Section): Omit<ParsedStack, "causes"> {
  return { ...section, frames: section.frames.slice(0, MAX_FRAMES) };
}

/** Type and message as the fields of a section; nothing for what is absent. */
export function named(
  type: string | undefined,
  message: string | undefined,
): Omit<Section, "frames"> {
  return {
    ...(type ? { type } : {}),
    ...(message === undefined ? {} : { message: message.trim() }),
  };
}

export function place(file: string | undefined, line: string | undefined): Partial<StackFrame> {
  return {
    ...(file ? { file } : {}),
    ...(line === undefined || line === "" ? {} : { line: Number(line) }),
  };
}

/** Last part of a path, without this extension. */
export function baseName(file: string, extension: RegExp): string {
  const base = file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
  return base.replace(extension, "");
}

/** `total (cart)`; the file alone for code outside a function. */
export function keyOf(name: string, file: string): string {
  if (name === "") return file;
  return file === "" ? name : `${name} (${file})`;
}
