import type { LanguageRules, Step } from "../rules.ts";

const FRAME: Step = { pattern: /^ {3,40}at \S/, to: "dotnet.frames" };
const INNER: Step = { pattern: /^ {0,40}---> ?\S/, to: "dotnet.head" };
const END_OF: Step = { pattern: /^ {0,40}--- End of /, to: "dotnet.frames" };

/** `Exception.ToString()`, the runtime's last words, and the two-line form of the console logger. */
export const DOTNET: LanguageRules = {
  heads: [
    { first: "U", pattern: /^Unhandled exception[.:] /i, to: "dotnet.head", joins: "never" },
    {
      first: "tdiwfc",
      pattern: /^(?:trce|dbug|info|warn|fail|crit): \S.{0,300}\[-?\d{1,9}\]$/,
      to: "dotnet.console",
      joins: "never",
    },
    { first: "S", pattern: /^Stack overflow\.$/, to: "dotnet.overflow", joins: "never" },
    { first: "P", pattern: /^Process terminated\. /, to: "dotnet.head", joins: "never" },
  ],
  entries: [
    { first: " ", pattern: /^ {3}at \S/, to: "dotnet.frames" },
    { first: " -", pattern: INNER.pattern, to: "dotnet.head" },
    { first: " -", pattern: END_OF.pattern, to: "dotnet.frames" },
  ],
  states: {
    "dotnet.head": { message: true, steps: [FRAME, INNER, END_OF] },
    "dotnet.frames": {
      steps: [FRAME, INNER, END_OF, { pattern: /^$/, to: "dotnet.afterBlank", loose: true }],
    },
    // Only an AggregateException goes on after an empty line.
    "dotnet.afterBlank": { steps: [INNER, END_OF] },
    "dotnet.overflow": {
      steps: [{ pattern: /^Repeat \d{1,9} times:$|^-{20,}$|^ {3}at \S/, to: "dotnet.overflow" }],
    },
    "dotnet.console": {
      complete: true,
      steps: [{ pattern: /^ {6}/, to: "dotnet.console", loose: true }],
    },
  },
};
