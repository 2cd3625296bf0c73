import type { ParsedStack } from "../parse-stack.ts";
import type { StackFrame } from "../stack-frame.ts";
import {
  baseName,
  boundedLines,
  keyOf,
  named,
  place,
  type Section,
  toStack,
} from "./stack-text.ts";

export const PYTHON_MARK: RegExp =
  /Traceback \(most recent call last\):|^\s{0,8}(?:\| +)?File "[^"\n]{1,500}", line \d{1,9}/m;

const START = /^([\s|+]{0,40})(?:Exception Group )?Traceback \(most recent call last\):$/;
const PLACE = /^\s{0,12}File "([^"]{1,500})", line (\d{1,9})(?:,? in (.{1,200}))?$/;
const CHAIN =
  /^(?:The above exception was the direct cause of the following exception|During handling of the above exception, another exception occurred):$/;
const EXCEPTION = /^((?:[\p{L}_]\w{0,80}\.){0,12}[\p{L}_]\w{0,80})(?:: (.*))?$/u;
/** faulthandler, at a crash of the interpreter itself. */
const FATAL = /^Fatal Python error: (.*)$/m;

/**
 * A traceback. Of a chain, Python prints the exception that was raised last; what led to it stands
 * above and becomes the causes. Frames are printed outermost first and turned round.
 */
export function parsePythonStack(text: string): ParsedStack {
  const fatal = FATAL.exec(text.slice(0, 65_536));
  const lines = boundedLines(text);
  if (fatal !== null) {
    return toStack([{ ...named("FatalPythonError", fatal[1]), frames: readFrames(lines) }]);
  }
  return toStack(splitTracebacks(lines).map(readTraceback).reverse());
}

/** Lines of each traceback; those of an exception group without the bars before them. */
function splitTracebacks(lines: readonly string[]): string[][] {
  const parts: string[][] = [];
  let indent = "";
  let isOpen = false;
  for (const line of lines) {
    const start = START.exec(line);
    if (start !== null) {
      // Members of a group are deeper in; the group itself is what was raised.
      const bars = (start[1] ?? "").replace("+", "|");
      if (indent !== "" && bars.length > indent.length) isOpen = false;
      else {
        parts.push([]);
        indent = bars;
        isOpen = true;
      }
    } else if (isOpen) {
      const bare = indent === "" ? line : withoutBars(line, indent);
      if (bare === undefined || CHAIN.test(bare)) isOpen = false;
      else parts.at(-1)?.push(bare);
    }
  }
  // A field of a JSON line may hold the frames without the first line.
  return parts.length > 0 ? parts : [[...lines]];
}

function withoutBars(line: string, indent: string): string | undefined {
  return line.startsWith(indent.trimEnd()) ? line.slice(indent.length) : undefined;
}

function readTraceback(lines: readonly string[]): Section {
  const last = lines.findLastIndex((line) => PLACE.test(line));
  const after = lines.slice(last + 1);
  // Below the last place come its source line and the marks under it, all indented.
  const head = after.findIndex((line) => line !== "" && !/^[\s[]/.test(line));
  const match = EXCEPTION.exec(after[head] ?? "");
  const frames = readFrames(lines).reverse();
  if (head < 0 || match === null) return { frames };
  const message = [match[2] ?? "", ...after.slice(head + 1)].join("\n");
  return { ...named((match[1] ?? "").replace(/^__main__\./, ""), message), frames };
}

function readFrames(lines: readonly string[]): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of lines) {
    const match = PLACE.exec(line);
    if (match !== null) frames.push(frameOf(match[1] ?? "", match[2], match[3]));
  }
  return frames;
}

const LIBRARY =
  /(?:^|[\\/])(?:site-packages|dist-packages)[\\/]|[\\/]lib(?:64)?[\\/]python\d|[\\/]python\d{2,3}\.zip|[\\/]Python\d{2,3}[\\/]Lib[\\/]|^</i;

function frameOf(file: string, line: string | undefined, name: string | undefined): StackFrame {
  return {
    ...(name === undefined ? {} : { function: name }),
    ...place(file, line),
    inApp: !LIBRARY.test(file),
    key: keyOf(normalizeName(name ?? ""), moduleOf(file)),
  };
}

/** `<lambda>`, `<module>`, `<listcomp>`: what they are part of is in the file's other frames. */
function normalizeName(name: string): string {
  const last = name.split(".").at(-1) ?? "";
  return last.startsWith("<") ? "" : last;
}

/** `orders` for `orders/__init__.py`, whose name says nothing. */
function moduleOf(file: string): string {
  if (file.startsWith("<")) return "";
  const base = baseName(file, /\.pyw?$/);
  if (base !== "__init__" && base !== "__main__") return base;
  const parent = file.split(/[\\/]/).at(-2);
  return parent === undefined || parent === "" ? base : parent;
}
