import type { ParsedStack } from "../parse-stack.ts";
import type { StackFrame } from "../stack-frame.ts";
import { baseName, boundedLines, keyOf, named, place, toStack } from "./stack-text.ts";

export const RUST_MARK: RegExp =
  /^[^\n]{0,100}thread '[^'\n]{0,200}' (?:\(\d{1,20}\) )?panicked at /m;

const HEAD =
  /thread '[^']{0,200}' (?:\(\d{1,20}\) )?panicked at (?:'(.{0,1000})', )?(\S{1,400}?):(\d{1,9})(?::\d{1,9})?:?$/;
const CALL = /^\s{1,6}\d{1,4}:\s{1,6}(?:0x[0-9a-f]{1,16} - )?(\S.{0,400})$/;
const PLACE = /^\s{4,40}at (\S{1,400}?):(\d{1,9})(?::\d{1,9})?$/;

/** A panic with the place that raised it and, where `RUST_BACKTRACE` is set, its frames. */
export function parseRustStack(text: string): ParsedStack {
  const lines = boundedLines(text);
  const start = lines.findIndex((line) => HEAD.test(line));
  const match = HEAD.exec(lines[start] ?? "");
  if (match === null) return toStack([{ frames: [] }]);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^(?:stack backtrace:|note: )/.test(line));
  const message = match[1] ?? rest.slice(0, end < 0 ? 8 : end).join("\n");
  const frames = readFrames(rest);
  const raised = frameOf("", match[2] ?? "", match[3]);
  const hasOwn = frames.some((frame) => frame.inApp);
  return toStack([{ ...named("panic", message), frames: hasOwn ? frames : [raised] }]);
}

function readFrames(lines: readonly string[]): StackFrame[] {
  const frames: StackFrame[] = [];
  lines.forEach((line, index) => {
    const name = CALL.exec(line)?.[1];
    const where = PLACE.exec(lines[index + 1] ?? "");
    if (name !== undefined) frames.push(frameOf(name, where?.[1] ?? "", where?.[2]));
  });
  return frames;
}

const LIBRARY_FILE =
  /^\/rustc\/|[\\/](?:registry|git)[\\/](?:src|checkouts)[\\/]|[\\/]rustlib[\\/]/;
const LIBRARY_NAME =
  /^<?(?:(?:std|core|alloc|tokio|futures|hyper|axum|actix\w{0,20}|tower|rayon)::|__rust|rust_|_start$|__libc|main$|_?_?clone3?$|start_thread$)/;

function frameOf(name: string, file: string, line: string | undefined): StackFrame {
  return {
    ...(name === "" ? {} : { function: name }),
    ...place(file, line),
    inApp: !LIBRARY_FILE.test(file) && !LIBRARY_NAME.test(name),
    key: keyOf(normalizeName(name), name === "" ? baseName(file, /\.rs$/) : ""),
  };
}

/** Without the hash of the build, and without the numbers of closures. */
function normalizeName(name: string): string {
  return name.replace(/::h[0-9a-f]{16}$/, "").replace(/::\{\{?closure\}?(?:#\d{1,6})?\}/g, "");
}
