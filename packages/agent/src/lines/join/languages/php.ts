import type { LanguageRules, Step } from "../rules.ts";

const TRACE: Step = { pattern: /^Stack trace:$|^\[stacktrace\]/, to: "php.trace" };
const THROWN: Step = { pattern: /^ {2}thrown in /, to: "php.ended" };
const NEXT: Step = { pattern: /^Next [\w\\]{1,300}|^\[previous exception\]/, to: "php.head" };
/** Not every `#1`: a call, a file or `{main}` has to follow. */
const FRAME = /^#\d{1,6} (?:\/|\{main\}|\[internal|[\w\\/.:-]{1,400}(?:\(|->|::))/;
const NUMBERED: Step = { pattern: /^PHP {2,4}\d{1,4}\. /, to: "php.numbered" };

/** Uncaught errors of PHP, with or without a web server in front, and Laravel's log. */
export const PHP: LanguageRules = {
  heads: [
    {
      first: "P",
      pattern: /^PHP (?:Fatal error|Parse error|Recoverable fatal error|Warning): {1,2}Uncaught /,
      to: "php.head",
      joins: "never",
    },
    { first: "F", pattern: /^Fatal error: Uncaught /, to: "php.head", joins: "never" },
    {
      first: "N",
      pattern: /^NOTICE: PHP message: PHP Fatal error/,
      to: "php.head",
      joins: "never",
    },
  ],
  entries: [
    { first: "S[", pattern: TRACE.pattern, to: "php.trace" },
    { first: "P", pattern: /^PHP Stack trace:$/, to: "php.numbered" },
    { first: "#", pattern: FRAME, to: "php.trace" },
    { first: "P", pattern: NUMBERED.pattern, to: "php.numbered" },
  ],
  states: {
    "php.head": {
      message: true,
      steps: [TRACE, NEXT, THROWN, { pattern: FRAME, to: "php.trace" }],
    },
    "php.trace": {
      steps: [
        { pattern: /^#\d{1,6} /, to: "php.trace" },
        THROWN,
        NEXT,
        { pattern: /^"\} ?$/, to: "php.ended" },
        { pattern: /^$/, to: "php.trace", loose: true },
      ],
    },
    "php.numbered": { steps: [NUMBERED] },
    "php.ended": { complete: true, steps: [] },
  },
};
