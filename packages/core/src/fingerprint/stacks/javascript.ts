import { type ParsedStack, parseStack } from "../parse-stack.ts";

/** A logger's words, then the error: `order 7 failed Error: no stock`, `⨯ Error: x`. */
const BELOW_WORDS =
  /(?:^|[\s[])((?:[A-Za-z_$][\w$]{0,80}\.){0,4}(?:[A-Z][\w$]{0,80})?(?:Error|Exception))(?: \[[\w-]{1,60}\])?(?:: (.{0,4000}))?$/m;
/** How Node prints an error that has no stack of its own: `[AggregateError: x] {`. */
const IN_BRACKETS = /^\[([A-Z][\w$]{0,80}(?:Error|Exception)): (.{0,4000})\](?: \{)?$/m;

/**
 * A stack of JavaScript in the output of a process. Where words of a logger stand before the error
 * on the same line, type and message are still those of the error, as the SDK would report them.
 */
export function parseJavaScriptStack(text: string): ParsedStack {
  const stack = parseStack(text);
  if (stack.type !== undefined || stack.message === undefined) return stack;
  const match = IN_BRACKETS.exec(stack.message) ?? BELOW_WORDS.exec(stack.message);
  if (match === null) return stack;
  const rest = stack.message.slice(match.index + match[0].length);
  const message = IN_BRACKETS.test(match[0]) ? (match[2] ?? "") : (match[2] ?? "") + rest;
  return { ...stack, type: match[1] ?? "Error", message };
}
