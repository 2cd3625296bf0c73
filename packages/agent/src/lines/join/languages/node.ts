import type { LanguageRules, Step } from "../rules.ts";

const FRAME = /^ {2,80}at \S/;
const FOOTER: Step = { pattern: /^Node\.js v\d/, to: "node.ended" };
const EMITTED: Step = { pattern: /^Emitted '[^']{1,100}' event /, to: "node.frames" };
const OPEN_FRAME: Step = { pattern: /^ {2,80}at \S.{0,900} \{$/, to: "node.braces" };
const HINT: Step = { pattern: /^\(Use `\S{1,80} --trace-/, to: "node.frames" };
const GC_LINE = /^\[\d{1,10}:0x[0-9a-f]{1,16}\]/;

const FRAMES: readonly Step[] = [
  OPEN_FRAME,
  { pattern: FRAME, to: "node.frames" },
  { pattern: /^ {2,80}\[(?:cause|errors|error|suppressed)\]: .{0,900}[{[]$/, to: "node.braces" },
  { pattern: /^ {2,80}\[(?:cause|errors|error|suppressed)\]: /, to: "node.braces" },
  { pattern: /^ {2,80}\.\.\. \d{1,9} (?:more|lines matching cause)/, to: "node.frames" },
  { pattern: /^Caused by: /, to: "node.frames" },
  EMITTED,
  FOOTER,
  { pattern: /^$/, to: "node.afterBlank", loose: true },
];

/** V8 stacks, what Node prints around an uncaught error, and V8's last words. */
export const NODE: LanguageRules = {
  heads: [
    {
      first: "/fnCDEweu<[",
      pattern:
        /^(?:file:\/\/|node:|\/|[A-Za-z]:\\|webpack|evalmachine|undefined|<anonymous_script>|\[(?:worker )?eval\]|\[stdin\])[^\s:]{0,500}(?::[^\s:]{1,100})?:\d{1,9}$/,
      to: "node.excerpt",
      joins: "never",
    },
    { first: "<", pattern: /^<--- Last few GCs --->/, to: "node.fatal", joins: "never" },
    { first: "F", pattern: /^FATAL ERROR: /, to: "node.fatal", joins: "never" },
    { first: "#", pattern: /^# Fatal error in /, to: "node.fatal", joins: "never" },
    { first: "(", pattern: /^\(node:\d{1,10}\) /, to: "node.warning", joins: "never" },
  ],
  entries: [
    { first: " ", pattern: OPEN_FRAME.pattern, to: "node.braces" },
    { first: " ", pattern: /^ {4,80}at \S/, to: "node.frames" },
  ],
  states: {
    "node.excerpt": {
      message: true,
      steps: [{ pattern: /^\s{0,400}\^{1,400}$/, to: "node.caret" }],
    },
    "node.caret": {
      steps: [
        { pattern: /^$/, to: "node.error", loose: true },
        { pattern: /^.{0,900}[{[]$/, to: "node.braces", loose: true },
        { pattern: /^\S/, to: "node.head", loose: true },
      ],
    },
    "node.error": {
      steps: [
        { pattern: /^.{0,900} \{$/, to: "node.braces", loose: true },
        { pattern: /^./, to: "node.head", loose: true },
      ],
    },
    "node.head": { message: true, steps: [...FRAMES, HINT] },
    "node.frames": { steps: FRAMES },
    "node.braces": {
      steps: [
        { pattern: /^\s{2,}\S/, to: "node.braces" },
        { pattern: /^[}\]]{1,40},?$/, to: "node.frames" },
        { pattern: /^\} .{0,900}[{[]$/, to: "node.braces" },
        { pattern: /^\}/, to: "node.frames" },
        { pattern: /^ ?$/, to: "node.afterBlank", loose: true },
        FOOTER,
      ],
    },
    "node.afterBlank": { steps: [FOOTER, EMITTED, HINT] },
    "node.warning": {
      complete: true,
      steps: [
        { pattern: FRAME, to: "node.frames" },
        { pattern: HINT.pattern, to: "node.ended", loose: true },
        { pattern: /^\(Use `\S{1,80} --trace/, to: "node.ended", loose: true },
      ],
    },
    "node.fatal": {
      steps: [
        { pattern: GC_LINE, to: "node.fatal" },
        {
          pattern:
            /^<--- JS stacktrace --->|^FATAL ERROR: |^----- Native stack trace -----|^----- JavaScript stack trace -----/,
          to: "node.fatal",
        },
        { pattern: /^ {0,3}\d{1,4}: /, to: "node.fatal" },
        { pattern: /^#(?: |$)/, to: "node.fatal", loose: true },
        {
          pattern:
            /^(?:Cannot get stack trace|==== |Security context|Trace\/breakpoint|Aborted|Illegal instruction)/,
          to: "node.fatal",
          loose: true,
        },
        { pattern: /^\s{0,80}$/, to: "node.fatal", loose: true },
        { pattern: /^\s{4}/, to: "node.fatal", loose: true },
      ],
    },
    "node.ended": { complete: true, steps: [FOOTER] },
  },
};
