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

export const PHP_MARK: RegExp =
  /^#0 (?:\{main\}|\[internal function\]: |[^\n]{1,500}\(\d{1,9}\): )|\bUncaught (?:PHP Exception )?[A-Z][\w\\]{0,200}(?:: | in )/m;

const FRAME = /^#\d{1,4} (?:\[internal function\]|(.{1,500})\((\d{1,9})\)): (.{1,800})$/;
const CLASS = String.raw`((?:[A-Za-z_]\w{0,80}\\){0,12}[A-Za-z_]\w{0,80}(?:@anonymous\S{0,200})?)`;
/** Each with class, message, file and line, in this order. */
const HEADERS: readonly RegExp[] = [
  new RegExp(
    String.raw`\bUncaught (?:PHP Exception )?${CLASS}(?:: "?(.{0,1000}?)"?)? (?:in|at) (\S{1,500}?)(?::| line )(\d{1,9})$`,
  ),
  new RegExp(
    String.raw`\[object\] \(${CLASS}\(code: -?\w{1,20}\): (.{0,1000}?) at (\S{1,500}):(\d{1,9})\)`,
  ),
  new RegExp(String.raw`(?:^|: )(?:Next )?${CLASS}(?:: (.{0,1000}?))? in (\S{1,500}):(\d{1,9})$`),
  // A message that is too long to reach its place.
  new RegExp(String.raw`\bUncaught ${CLASS}(?:: (.{0,1000}))?`),
];
const NEXT = /^Next [A-Z]/;
const PREVIOUS = /^\[previous exception\] /;

/**
 * An uncaught exception, or one that Monolog, Laravel or Symfony wrote. PHP prints the first one
 * first and the one that was raised last, after `Next`; Monolog the other way round.
 */
export function parsePhpStack(text: string): ParsedStack {
  const parts: string[][] = [[]];
  let isRootFirst = false;
  for (const line of boundedLines(text)) {
    if (NEXT.test(line)) isRootFirst = true;
    if (NEXT.test(line) || PREVIOUS.test(line)) parts.push([]);
    parts.at(-1)?.push(line);
  }
  const sections = parts.map(readSection);
  return toStack(isRootFirst ? sections.reverse() : sections);
}

function readSection(lines: readonly string[]): Section {
  const first = lines.findIndex((line) => line.startsWith("#0 "));
  const header = (first < 0 ? lines : lines.slice(0, first)).filter(
    (line) => line !== "Stack trace:" && line !== "[stacktrace]",
  );
  const match = matchHeader(header);
  const frames = readFrames(lines.slice(Math.max(first, 0)), match?.[3], match?.[4]);
  return match === undefined ? { frames } : { ...named(match[1], match[2] ?? ""), frames };
}

/** A message of several lines ends on the line that names the file. */
function matchHeader(lines: readonly string[]): RegExpExecArray | undefined {
  const joined = lines
    .filter((line) => line !== "")
    .join(" ")
    .slice(0, 4096);
  for (const pattern of HEADERS) {
    for (const text of [...lines, joined]) {
      const match = pattern.exec(text);
      if (match !== null) return match;
    }
  }
  return undefined;
}

/** PHP names what was called and where from; a frame is a function and the place inside it. */
function readFrames(
  lines: readonly string[],
  raisedIn: string | undefined,
  raisedAt: string | undefined,
): StackFrame[] {
  const frames: StackFrame[] = [];
  let file = raisedIn;
  let line = raisedAt;
  for (const text of lines) {
    const match = FRAME.exec(text);
    if (match === null) continue;
    frames.push(frameOf(functionName(match[3] ?? ""), file, line));
    [, file, line] = match;
  }
  if (file !== undefined) frames.push(frameOf("", file, line));
  return frames;
}

function functionName(call: string): string {
  const closure = /^(.{0,200}?)\{closure(?::[^}]{0,400})?\}/.exec(call);
  if (closure !== null) return `${closure[1]}{closure}`;
  const open = call.indexOf("(");
  return open < 0 ? call : call.slice(0, open);
}

const LIBRARY = /(?:^|[\\/])(?:vendor|pear)[\\/]|^phar:|[\\/]wp-includes[\\/]/;
/** Their error handlers raise in the name of the team's file, in which they are not. */
const LIBRARY_NAMESPACE = /^(?:Illuminate|Laravel|Symfony|Doctrine|Monolog|Twig|GuzzleHttp|Psr)\\/;

function frameOf(name: string, file: string | undefined, line: string | undefined): StackFrame {
  // Monolog writes it as JSON, which doubles the separator.
  const bare = name
    .replaceAll("\\\\", "\\")
    .replace(/@anonymous\S{0,200}?(?=->|::|$)/, "@anonymous");
  const isClosure = bare.endsWith("{closure}");
  const owner = bare.split(/->|::/).length > 1;
  return {
    ...(bare === "" ? {} : { function: bare }),
    ...place(file, line),
    inApp: file !== undefined && !LIBRARY.test(file) && !LIBRARY_NAMESPACE.test(bare),
    // A class says where it is; a bare function or closure needs its file.
    key: owner && !isClosure ? bare : keyOf(isClosure ? "{closure}" : bare, fileOf(file)),
  };
}

function fileOf(file: string | undefined): string {
  return file === undefined ? "" : baseName(file, /\.(?:php|phtml|inc)$/);
}
