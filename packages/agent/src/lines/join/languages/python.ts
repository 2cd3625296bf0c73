import type { LanguageRules, Step } from "../rules.ts";

const TRACEBACK: Step = { pattern: /^Traceback \(most recent call last\):/, to: "python.trace" };
const EXCEPTION_GROUP: Step = {
  pattern: /^ {2}\+ Exception Group Traceback \(most recent/,
  to: "python.group",
};
const CHAINED: Step = {
  pattern: /^(?:During handling of the above exception|The above exception was the direct cause)/,
  to: "python.chained",
};
/** Class names are capitalised; the old ones that are not always come with their module. */
const FINAL =
  /^(?:[\w<>]{1,100}\.){0,12}(?:(?!(?:INFO|DEBUG|WARNING|WARN|ERROR|CRITICAL|TRACE|FATAL|NOTICE)\b)[A-Z_]\w{0,120}|(?<=\.)(?:error|timeout|gaierror|herror))(?::|$)/;
/** What drivers and validators write below the first line of a message. */
const MESSAGE_TAIL =
  /^(?:DETAIL|HINT|CONTEXT|LINE \d{1,9}|QUERY|STATEMENT): |^\[(?:SQL|parameters|generated|cached|raising|dialect): |^\(Background on this error at: /;
const QUOTES: Step = { pattern: /^"""$/, to: "python.final", loose: true };
const NATIVE_FRAME = /^ {2}File "|^(?:Thread|Current thread) 0x|^Python runtime state: /;

/** Tracebacks, chained and grouped, of the interpreter, `logging`, asyncio and multiprocessing. */
export const PYTHON: LanguageRules = {
  heads: [
    { first: "T", pattern: TRACEBACK.pattern, to: "python.trace", joins: "always" },
    { first: " ", pattern: EXCEPTION_GROUP.pattern, to: "python.group", joins: "always" },
    {
      first: " ",
      pattern: /^ {2}File "[^"]{1,400}", line \d{1,9}$/,
      to: "python.trace",
      joins: "always",
    },
    {
      first: "E",
      pattern: /^Exception ignored (?:in|on|while)\b/,
      to: "python.announced",
      joins: "never",
    },
    { first: "E", pattern: /^Exception in thread (?!")/, to: "python.announced", joins: "never" },
    { first: "P", pattern: /^Process [\w:-]{1,80}:$/, to: "python.announced", joins: "never" },
    {
      first: "T",
      pattern: /^Task (?:exception was never retrieved|was destroyed but)/,
      to: "python.announced",
      joins: "never",
    },
    { first: "F", pattern: /^Fatal Python error: /, to: "python.native", joins: "never" },
  ],
  entries: [],
  states: {
    "python.announced": {
      message: true,
      steps: [
        TRACEBACK,
        EXCEPTION_GROUP,
        {
          pattern: /^(?:future|task|handle|source_traceback|Object created at)\b/,
          to: "python.announced",
          loose: true,
        },
      ],
    },
    "python.trace": {
      steps: [
        { pattern: /^\t? {0,8}\d{1,6}: from /, to: "ruby.reversed" },
        { pattern: /^ {2}File "|^ {2}\[Previous line repeated|^ {4}/, to: "python.trace" },
        { pattern: /^\s|^$|^> File "/, to: "python.trace", loose: true },
        {
          pattern: /^(?:\w{1,60}\.){0,6}ValidationError: \d{1,6} validation errors? for /,
          to: "python.validation",
        },
        { pattern: FINAL, to: "python.final" },
      ],
    },
    "python.group": {
      steps: [
        { pattern: /^(?! {2}\+ Exception Group ) {1,80}[|+]/, to: "python.group" },
        { pattern: /^$/, to: "python.afterBlank", loose: true },
        CHAINED,
      ],
    },
    "python.final": {
      tail: true,
      message: true,
      steps: [
        { pattern: /^$/, to: "python.afterBlank", loose: true },
        { pattern: /^(?:\t| {2})/, to: "python.final", loose: true },
        { pattern: MESSAGE_TAIL, to: "python.final", loose: true },
        CHAINED,
        QUOTES,
      ],
    },
    // pydantic names the field at the margin and says below it what is wrong.
    "python.validation": {
      message: true,
      steps: [
        { pattern: /^ {2}\S/, to: "python.validation" },
        { pattern: /^ {4}\S/, to: "python.validation", loose: true },
        { pattern: /^$/, to: "python.afterBlank", loose: true },
        CHAINED,
      ],
    },
    "python.afterBlank": {
      message: true,
      steps: [
        CHAINED,
        { pattern: MESSAGE_TAIL, to: "python.final", loose: true },
        { pattern: QUOTES.pattern, to: "python.final", loose: true },
      ],
    },
    "python.chained": {
      steps: [{ pattern: /^$/, to: "python.chained", loose: true }, TRACEBACK, EXCEPTION_GROUP],
    },
    "python.native": {
      steps: [
        { pattern: NATIVE_FRAME, to: "python.native" },
        {
          pattern: /^$|^ {2}|^(?:Extension modules: |Current thread's C stack|Stack )/,
          to: "python.native",
          loose: true,
        },
      ],
    },
  },
};
