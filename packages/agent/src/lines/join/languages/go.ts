import type { LanguageRules, Step } from "../rules.ts";

const GOROUTINE: Step = { pattern: /^goroutine \d{1,12} .{0,80}\[/, to: "go.frames" };
const RUNTIME_STACK: Step = { pattern: /^runtime stack:$/, to: "go.frames" };
const EXIT_STATUS: Step = { pattern: /^exit status \d{1,3}$/, to: "go.ended" };
const FILE_LINE = /^\t\S{1,400}\.(?:go|s|c|cgo1\.go):\d/;

const BEFORE_STACK: readonly Step[] = [
  { pattern: /^$/, to: "go.head", loose: true },
  { pattern: /^\[signal /, to: "go.head" },
  { pattern: /^\t/, to: "go.head", loose: true },
  { pattern: /^panic: /, to: "go.head", loose: true },
  {
    pattern: /^runtime: |^fatal error: |^stack: frame=|^PC=0x|^sp=0x|^signal arrived /,
    to: "go.head",
    loose: true,
  },
  { pattern: /^\[recovered\]/, to: "go.head", loose: true },
  RUNTIME_STACK,
  GOROUTINE,
  EXIT_STATUS,
];

/** Panics, fatal errors of the runtime, dumps of goroutines, stacks of zap and pkg/errors. */
export const GO: LanguageRules = {
  heads: [
    { first: "p", pattern: /^panic: /, to: "go.head", joins: "never" },
    { first: "f", pattern: /^fatal error: /, to: "go.head", joins: "never" },
    { first: "h", pattern: /^http2?: panic serving /, to: "go.head", joins: "never" },
    {
      first: "r",
      pattern: /^runtime: (?:goroutine|out of memory|program exceeds|VirtualAlloc|cannot)/,
      to: "go.head",
      joins: "never",
    },
    { first: "u", pattern: /^unexpected fault address /, to: "go.head", joins: "never" },
    { first: "S", pattern: /^SIG[A-Z]{2,6}: /, to: "go.head", joins: "never" },
    { first: "g", pattern: /^goroutine \d{1,12} .{0,80}\[/, to: "go.frames", joins: "always" },
    { first: "=", pattern: /^={18}$/, to: "go.raceMark", joins: "never" },
  ],
  entries: [
    { first: "\t", pattern: FILE_LINE, to: "go.bareFrames" },
    { first: "[", pattern: /^\[signal /, to: "go.head" },
  ],
  states: {
    "go.head": { message: true, steps: BEFORE_STACK },
    "go.frames": {
      steps: [
        { pattern: /^\t\S{1,400}:\d/, to: "go.frames" },
        { pattern: /^\t/, to: "go.frames", loose: true },
        { pattern: /^(?=[^\s(]{0,400}\.|panic\()[^\s(]{1,400}\(.{0,600}\)$/, to: "go.frames" },
        { pattern: /^created by /, to: "go.frames" },
        { pattern: /^\.\.\.(?:additional|\d{1,9}) frames elided\.\.\./, to: "go.frames" },
        { pattern: /^\[originating from goroutine/, to: "go.frames" },
        { pattern: /^$/, to: "go.between", loose: true },
        EXIT_STATUS,
      ],
    },
    "go.between": {
      steps: [
        GOROUTINE,
        RUNTIME_STACK,
        EXIT_STATUS,
        { pattern: /^$/, to: "go.between", loose: true },
        { pattern: /^[a-z][a-z0-9]{1,7} {1,8}0x[0-9a-f]/, to: "go.between", loose: true },
      ],
    },
    // `%+v` of pkg/errors and zap's stacks: names without brackets, then their file.
    "go.bareFrames": {
      message: true,
      steps: [{ pattern: FILE_LINE, to: "go.bareFrames" }],
    },
    "go.raceMark": {
      steps: [{ pattern: /^WARNING: DATA RACE$/, to: "go.race", loose: true }],
      complete: true,
    },
    "go.race": {
      steps: [
        {
          pattern: /^$|^ {2}|^(?:Previous |Goroutine |Read |Write |Found )/,
          to: "go.race",
          loose: true,
        },
        { pattern: /^={18}$/, to: "go.ended" },
      ],
    },
    "go.ended": { complete: true, steps: [EXIT_STATUS] },
  },
};
