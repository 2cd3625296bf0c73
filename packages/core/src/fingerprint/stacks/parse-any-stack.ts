import { type Fingerprint, fingerprint } from "../fingerprint.ts";
import type { ParsedStack } from "../parse-stack.ts";
import { DOTNET_MARK, parseDotnetStack } from "./dotnet.ts";
import { GO_MARK, parseGoStack } from "./go.ts";
import { JAVA_MARK, parseJavaStack } from "./java.ts";
import { parseJavaScriptStack } from "./javascript.ts";
import { PHP_MARK, parsePhpStack } from "./php.ts";
import { PYTHON_MARK, parsePythonStack } from "./python.ts";
import { parseRubyStack, RUBY_MARK } from "./ruby.ts";
import { parseRustStack, RUST_MARK } from "./rust.ts";

export type StackLanguage =
  | "go"
  | "python"
  | "php"
  | "ruby"
  | "rust"
  | "java"
  | "dotnet"
  | "javascript";

/** A stack of any of these languages. `java` is every language of the JVM. */
export interface AnyStack extends ParsedStack {
  readonly language: StackLanguage;
}

interface Language {
  readonly language: StackLanguage;
  /** Whether a text holds a stack of it; of several, the first of the table. */
  readonly mark: RegExp;
  readonly parse: (text: string) => ParsedStack;
  /**
   * Its frameworks wrap every error in one of their own, so that a group is made of the root cause.
   * In the others a cause is mostly what was being handled, and what was raised is the problem.
   */
  readonly groupsByRoot?: boolean;
}

/** Java before .NET and both before JavaScript: all three write `at`, in this order ever more freely. */
const LANGUAGES: readonly Language[] = [
  { language: "python", mark: PYTHON_MARK, parse: parsePythonStack },
  { language: "rust", mark: RUST_MARK, parse: parseRustStack },
  { language: "go", mark: GO_MARK, parse: parseGoStack },
  { language: "php", groupsByRoot: true, mark: PHP_MARK, parse: parsePhpStack },
  { language: "ruby", mark: RUBY_MARK, parse: parseRubyStack },
  { language: "java", groupsByRoot: true, mark: JAVA_MARK, parse: parseJavaStack },
  { language: "dotnet", groupsByRoot: true, mark: DOTNET_MARK, parse: parseDotnetStack },
];

const MAX_CHARS = 65_536;

/**
 * Parses a stack as Go, Python, PHP, Ruby, Rust, Java, .NET or JavaScript prints it; lines of a log
 * before it do no harm. Frames are innermost first in every language, and the exception itself is
 * the one that was raised last, its causes nearest first. Linear in a bounded part of the text.
 *
 * @returns undefined where the text holds neither a frame nor the name of an exception that one of
 * these runtimes writes before dying.
 */
export function parseAnyStack(text: string): AnyStack | undefined {
  const head = text.slice(0, MAX_CHARS);
  for (const { language, mark, parse } of LANGUAGES) {
    if (!mark.test(head)) continue;
    const stack = parse(text);
    if (stack.frames.length > 0 || stack.type !== undefined) return { ...stack, language };
  }
  const stack = parseJavaScriptStack(text);
  // Prose can look like a call (`    at noon`), but it names no file.
  const isStack = stack.frames.some(({ file }) => file !== undefined);
  return isStack ? { ...stack, language: "javascript" } : undefined;
}

/**
 * Fingerprint of a stack. For JavaScript, what `fingerprint` gives for the error itself, so that a
 * line read from the output groups with the same error from the SDK. For the JVM, .NET and PHP, of
 * the deepest cause that passes through the team's own code.
 */
export function fingerprintStack(stack: AnyStack): Fingerprint {
  const { type, message, frames } = culprit(stack);
  return fingerprint({
    ...(type === undefined ? {} : { type }),
    ...(message === undefined ? {} : { message }),
    frames,
  });
}

function culprit(stack: AnyStack): ParsedStack {
  if (stack.language === "javascript") return stack;
  if (isOwn(stack) && !ROOT_LANGUAGES.has(stack.language)) return stack;
  const own = stack.causes.findLast(isOwn);
  if (own !== undefined || isOwn(stack)) return own ?? stack;
  return stack.causes.findLast(({ type }) => type !== undefined) ?? stack;
}

const ROOT_LANGUAGES: ReadonlySet<string> = new Set(
  LANGUAGES.filter(({ groupsByRoot }) => groupsByRoot).map(({ language }) => language),
);

function isOwn({ frames }: ParsedStack): boolean {
  return frames.some((frame) => frame.inApp);
}
