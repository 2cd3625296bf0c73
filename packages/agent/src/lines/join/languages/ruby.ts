import type { LanguageRules, Step } from "../rules.ts";

const AT = /^[\w./~<>+@:%-]{1,400}:\d{1,9}:in [`']/;
const FRAME: Step = { pattern: /^\t? {0,12}(?:\d{1,6}: )?from /, to: "ruby.frames" };
const RESCUE_FRAME: Step = {
  pattern: /^\t? {0,12}from .{0,600}(?:rescue|ensure) in /,
  to: "ruby.rescueFrames",
};
const MORE: Step = { pattern: /^\t? {0,12}\.\.\. \d{1,9} levels?\.\.\./, to: "ruby.frames" };
/** What error_highlight and did_you_mean add below the message. */
const HINT: Step = { pattern: /^\s{0,400}\^{1,400}$|^Did you mean\?/, to: "ruby.head" };

/** Ruby's Logger writes the backtrace as it is, without "from". */
const BARE_FRAME: Step = {
  pattern: /^[\w./~<>+@%-]{1,400}:\d{1,9}:in [`'][^'`]{0,300}'$/,
  to: "ruby.bareFrames",
  loose: true,
};

const RAILS_FRAME =
  /^\s{0,12}(?:[\w./+@-]{1,400} ?\([^)]{1,60}\) )?[\w./+@-]{1,400}:\d{1,9}(?::in [`']|$)/;

/** Uncaught errors and `full_message` in both orders, threads, and Rails' log of a failed request. */
export const RUBY: LanguageRules = {
  heads: [
    {
      first: "/.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-(<",
      pattern: /^[\w./~<>+@%-]{1,400}:\d{1,9}:in [`'].{0,400}(?:rescue|ensure) in /,
      to: "ruby.rescueHead",
      joins: "always",
    },
    {
      first: "/.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-(<",
      pattern: AT,
      to: "ruby.head",
      joins: "always",
    },
    {
      first: "#",
      pattern: /^#<Thread:0x[0-9a-f]{1,16} .{0,400} terminated with exception/,
      to: "ruby.thread",
      joins: "never",
    },
    {
      first: "FE",
      pattern:
        /^[FE], \[[^\]]{10,60}\] {1,2}(?:FATAL|ERROR) -- [^:]{0,80}:\s{0,8}(?:\[[^\]]{1,64}\]\s{0,8})?$/,
      to: "ruby.rails",
      joins: "never",
      whole: true,
    },
  ],
  entries: [{ first: "\t", pattern: FRAME.pattern, to: "ruby.frames" }],
  states: {
    "ruby.thread": { steps: [{ pattern: /^[\w./~<>+@:%-]{1,400}:\d{1,9}:in /, to: "ruby.head" }] },
    "ruby.head": {
      tail: true,
      message: true,
      steps: [
        RESCUE_FRAME,
        FRAME,
        BARE_FRAME,
        HINT,
        { pattern: /^$/, to: "ruby.head", loose: true },
      ],
    },
    "ruby.rescueHead": {
      tail: true,
      message: true,
      steps: [
        { pattern: FRAME.pattern, to: "ruby.rescueFrames" },
        BARE_FRAME,
        { pattern: HINT.pattern, to: "ruby.rescueHead" },
        { pattern: /^$/, to: "ruby.rescueHead", loose: true },
      ],
    },
    "ruby.frames": { steps: [RESCUE_FRAME, FRAME, MORE] },
    // An error that was raised while another was rescued is followed by that other one. Without
    // "rescue in" above it, the same line is an error of its own.
    "ruby.rescueFrames": {
      steps: [
        { pattern: FRAME.pattern, to: "ruby.rescueFrames" },
        { pattern: MORE.pattern, to: "ruby.rescueFrames" },
        { pattern: AT, to: "ruby.head" },
      ],
    },
    "ruby.bareFrames": { steps: [BARE_FRAME] },
    "ruby.reversed": {
      steps: [
        { pattern: /^\t? {0,12}\d{1,6}: from /, to: "ruby.reversed" },
        { pattern: AT, to: "ruby.reversedError" },
      ],
    },
    "ruby.reversedError": {
      complete: true,
      steps: [{ pattern: /^\t {0,12}\d{1,6}: from /, to: "ruby.reversed" }],
    },
    "ruby.rails": {
      message: true,
      steps: [
        { pattern: RAILS_FRAME, to: "ruby.rails", loose: true },
        { pattern: /^\s{0,8}$/, to: "ruby.rails", loose: true },
        { pattern: /^[A-Z][\w:]{1,200} \(/, to: "ruby.rails", loose: true },
        { pattern: /^(?:Caused? by|Causes|Information for):/, to: "ruby.rails", loose: true },
        { pattern: /^\s{1,8}\d{1,6}: |^ {4}/, to: "ruby.rails", loose: true },
      ],
    },
  },
};
