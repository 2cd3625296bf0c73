import type { LanguageRules, Step } from "../rules.ts";

const FRAME =
  /^\t+at \S|^ {1,40}at [\w.$/<>@-]{1,400}\((?:[\w$-]{1,200}\.(?:java|kt|scala|groovy|clj)|Native Method|Unknown Source)/;
const CAUSE = /^\s{0,40}(?:Caused by|Wrapped by): \S/;

const FRAMES: readonly Step[] = [
  { pattern: FRAME, to: "java.frames" },
  { pattern: /^\s{1,40}at \S/, to: "java.frames" },
  {
    pattern:
      /^\s{0,40}\.\.\. (?:\d{1,9} )?(?:more|common frames omitted|frames (?:truncated|excluded|omitted))/,
    to: "java.frames",
  },
  { pattern: CAUSE, to: "java.cause" },
  { pattern: /^\s{1,40}Suppressed: /, to: "java.cause" },
  { pattern: /^\t?\|- ?\S/, to: "java.frames" },
  { pattern: /^\s{1,40}\[CIRCULAR REFERENCE/, to: "java.frames" },
  { pattern: /^\t\(Coroutine boundary\)/, to: "java.frames" },
  {
    pattern:
      /^Error has been observed at the following site|^Original Stack Trace:|^Assembly trace from producer/,
    to: "java.frames",
    loose: true,
  },
  { pattern: /^\t(?:\*__|\|_ |_)/, to: "java.frames" },
];

/** JVM languages: `printStackTrace`, logback, log4j2, Reactor, and the JVM's own last words. */
export const JAVA: LanguageRules = {
  heads: [
    { first: "E", pattern: /^Exception in thread "/, to: "java.cause", joins: "never" },
    { first: "#", pattern: /^#$/, to: "java.vmMark", joins: "never" },
    {
      first: "JFMASOND",
      pattern: /^[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M \S{1,300} \S{1,300}$/,
      to: "java.utilLogging",
      joins: "never",
      whole: true,
    },
    { first: "*", pattern: /^\*{20,}$/, to: "java.banner", joins: "headed" },
  ],
  entries: [
    { first: "\t ", pattern: FRAME, to: "java.frames" },
    { first: "CW", pattern: CAUSE, to: "java.cause" },
    { first: "\t", pattern: /^\t\|- ?\S/, to: "java.frames" },
  ],
  states: {
    "java.cause": {
      message: true,
      steps: [...FRAMES, { pattern: /^\t/, to: "java.cause", loose: true }],
    },
    "java.frames": { steps: [...FRAMES, { pattern: /^$/, to: "java.frames", loose: true }] },
    "java.utilLogging": {
      complete: true,
      steps: [
        { pattern: /^(?:SEVERE|WARNING): /, to: "java.severe", loose: true },
        { pattern: /^(?:INFO|CONFIG|FINE|FINER|FINEST): /, to: "java.logged", loose: true },
      ],
    },
    "java.severe": {
      complete: true,
      steps: [{ pattern: /^[\w.$]{1,300}(?:: |$)/, to: "java.cause", loose: true }],
    },
    "java.logged": { complete: true, steps: [{ pattern: FRAME, to: "java.frames" }] },
    "java.vmMark": {
      complete: true,
      steps: [
        {
          pattern: /^# (?:A fatal error|There is insufficient memory)/,
          to: "java.vmError",
          loose: true,
        },
      ],
    },
    "java.vmError": {
      complete: true,
      steps: [{ pattern: /^#(?: |$)/, to: "java.vmError", loose: true }],
    },
    // Spring Boot's report of why it did not start; its sections have names of their own.
    "java.banner": {
      complete: true,
      steps: [{ pattern: /^APPLICATION FAILED TO START$/, to: "java.notStarted", loose: true }],
    },
    "java.notStarted": {
      complete: true,
      steps: [{ pattern: /^(?![\d[{])/, to: "java.notStarted", loose: true }],
    },
  },
};
