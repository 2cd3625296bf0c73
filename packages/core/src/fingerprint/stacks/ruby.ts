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

/** `cart.rb:10:in 'Cart#total'`, before Ruby 3.4 with a back-tick; tags of a logger may precede. */
const FRAME =
  /(?:^|\s)((?:[A-Za-z]:)?[^\s:"'`()]{1,400}|\(eval[^)]{0,200}\)|<internal:[^>\s]{1,80}>):(\d{1,9}):in [`'](.{1,200}?)'(?=$|:)/;
export const RUBY_MARK: RegExp =
  /^[^\n]{0,400}(?:[\w)>]|\.\w{1,6}):\d{1,9}:in [`'][^\n']{1,200}'(?:$|: )/m;

/** Ruby's own: `cart.rb:10:in 'total': message (Class)`; a message of several lines has it on the first. */
const RAISED = /:in [`'].{1,200}?': (.{0,1000}?) ?\(([A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){0,10})\)$/;
/** Rails: `ActionView::Template::Error (undefined method 'x' for nil):`. */
const RAILS = /(?:^|\s)([A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){0,10}) \((.{0,1000})\):?$/;
/** Loggers: `message (Class)`, `Class: message`. */
const LOGGED = /(?:^|\s)([A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){0,10}): (.{0,1000})$/;
const LOGGER_MESSAGE = /(?:^|: |\] )([^:\]]{1,1000}) \(([A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){0,10})\)$/;

/** An exception as Ruby, its Logger or Rails print it, with its causes below it. */
export function parseRubyStack(text: string): ParsedStack {
  const lines = boundedLines(text);
  const starts = lines.flatMap((line, index) => (RAISED.test(line) ? [index] : []));
  if (starts.length === 0) return toStack([readLogged(lines)]);
  return toStack(starts.map((start, index) => readRaised(lines.slice(start, starts[index + 1]))));
}

function readRaised(lines: readonly string[]): Section {
  const [, message = "", type] = RAISED.exec(lines[0] ?? "") ?? [];
  return { ...named(type, message), frames: readFrames(lines) };
}

function readLogged(lines: readonly string[]): Section {
  const first = lines.findIndex((line) => FRAME.test(line));
  const header = lines.slice(0, Math.max(first, 0)).filter((line) => line !== "");
  return { ...readHeader(header), frames: readFrames(lines) };
}

function readHeader(lines: readonly string[]): Omit<Section, "frames"> {
  for (const line of lines) {
    const rails = RAILS.exec(line);
    if (rails !== null) return named(rails[1], rails[2]);
    const logged = LOGGED.exec(line);
    if (logged !== null && /(?:Error|Exception|::\w+)$/.test(logged[1] ?? ""))
      return named(logged[1], logged[2]);
    const message = LOGGER_MESSAGE.exec(line);
    if (message !== null) return named(message[2], message[1]);
  }
  return {};
}

function readFrames(lines: readonly string[]): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of lines) {
    const match = FRAME.exec(line);
    if (match !== null) frames.push(frameOf(match[1] ?? "", match[2], match[3] ?? ""));
  }
  return frames;
}

const LIBRARY =
  /[\\/]gems[\\/]|[\\/]rubygems[\\/]|[\\/]lib(?:64)?[\\/]ruby[\\/]|[\\/]vendor[\\/](?:bundle|ruby)[\\/]|^<internal:|(?:^|[\\/])bin[\\/](?:rails|bundle|rake|puma|ruby|irb|spring)$|^\(eval/;

function frameOf(file: string, line: string | undefined, name: string): StackFrame {
  return {
    function: name,
    ...place(file, line),
    inApp: !LIBRARY.test(file),
    key: keyOf(normalizeName(name), baseName(file, /\.(?:rb|ru|rake)$/)),
  };
}

/** Ruby 3.4 says `Cart#total` where 3.3 says `total`; a block belongs to the method around it. */
function normalizeName(name: string): string {
  const bare = name.replace(/^(?:(?:block|rescue|ensure)(?: \(\d{1,3} levels\))? in ){1,8}/, "");
  if (bare.startsWith("<")) return "";
  const last = bare.slice(Math.max(bare.lastIndexOf("#"), bare.lastIndexOf(".")) + 1);
  // Compiled views are named after a hash and an address.
  return last.replace(/_{2,3}\d{1,20}(?:_\d{1,20})?$/, "");
}
