import type { LanguageRules } from "../rules.ts";

/** `java.lang.IllegalStateException: x`, `TypeError [ERR_X]: y`, `Foo::BarError`. */
const ERROR_NAME =
  /^(?:Uncaught |Unhandled |Caught )?(?:[\w$]{1,80}(?:\.|\\|::|\/)){0,15}[\w$]{0,80}(?:Error|Exception|Throwable|Failure|Fault|Death|Interrupt)(?: \[[\w .-]{1,80}\])?(?:: |:$|$| \{$)/;

/** What no single language owns. The first frame below tells whose stack it is. */
export const GENERIC: LanguageRules = {
  heads: [
    {
      first: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$",
      pattern: ERROR_NAME,
      to: "generic.error",
      joins: "headed",
    },
  ],
  entries: [
    {
      first: " ",
      pattern: /^ {2,8}#\d{1,6} {1,3}(?:0x|[\w:~<>]{1,300} ?\()/,
      to: "generic.native",
    },
  ],
  states: {
    // The entries of all languages are its steps too.
    "generic.plain": { steps: [] },
    "generic.error": {
      message: true,
      steps: [
        { pattern: /^(?! {2}\+ Exception Group )(?:\t| {2})/, to: "generic.error", loose: true },
      ],
    },
    "generic.indented": {
      complete: true,
      steps: [
        { pattern: /^(?! {2}\+ Exception Group )(?:\t| {2})/, to: "generic.indented", loose: true },
      ],
    },
    "generic.block": {
      steps: [
        { pattern: /^\s/, to: "generic.block" },
        { pattern: /^[}\])][^[{(]{0,80}$/, to: "generic.closed" },
        { pattern: /^[}\])].{0,900}[[{(]$/, to: "generic.block" },
      ],
    },
    "generic.closed": { complete: true, steps: [] },
    "generic.native": {
      steps: [{ pattern: /^ {2,8}#\d{1,6} /, to: "generic.native" }],
    },
  },
};
