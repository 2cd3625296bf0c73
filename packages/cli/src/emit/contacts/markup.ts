import type { MarkupName } from "../../compile/contacts/integration.ts";

/**
 * How a text is written for those who read it. Whatever comes from a line, a label or an annotation
 * is hostile: it must not become a mention, a link, a tag or the end of a block.
 */
export interface Markup {
  readonly name: MarkupName;
  /** Replacements by RE2, in their order; nothing of the input is trusted after them less than before. */
  readonly escape: readonly Replacement[];
  /** For text in a block of code, instead of `escape`. */
  readonly escapeInBlock: readonly Replacement[];
  readonly block: readonly [string, string];
  readonly bold: readonly [string, string];
  /** Undefined: addresses are written out. Gets Go template expressions. */
  readonly link?: (label: string, url: string) => string;
  readonly newline: string;
  /** Characters of the escaped text, so that nothing is cut in the middle of an escape. */
  readonly maxLine: number;
  readonly maxText: number;
  /** Of the address of the logs, which has a whole query in it; a longer one is left out. */
  readonly maxLogsUrl: number;
  /** Of any other address. */
  readonly maxUrl: number;
  /** Alerts in full; the next ones in one line each; the others are counted. */
  readonly full: number;
  readonly brief: number;
  /** An escape that was cut off at the end of a text. */
  readonly brokenEnd?: string;
}

export type Replacement = readonly [pattern: string, replacement: string];

const ZERO_WIDTH_SPACE = "\u200b";
const ENTITIES: readonly Replacement[] = [
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
];
/** @everyone, @here, <@U123>, <@&role>: what wakes people has an @ before a letter or a sign. */
const NO_MENTIONS: Replacement = ["@", `@${ZERO_WIDTH_SPACE}`];
/** A backtick would end a block. */
const NO_BACKTICKS: Replacement = ["`", "'"];
const BROKEN_ENTITY = "&[a-z]{0,3}$";

const PLAIN = {
  escape: [],
  escapeInBlock: [],
  block: ["", ""],
  bold: ["", ""],
  newline: "\n",
  maxLine: 800,
  maxText: 400,
  maxLogsUrl: 3000,
  maxUrl: 1000,
  full: 5,
  brief: 10,
} as const;

export const MARKUPS: readonly Markup[] = [
  { ...PLAIN, name: "plain" },
  {
    ...PLAIN,
    name: "short",
    maxLine: 200,
    maxText: 90,
    maxLogsUrl: 0,
    maxUrl: 0,
    full: 1,
    brief: 2,
  },
  {
    ...PLAIN,
    name: "slack",
    // https://docs.slack.dev/messaging/formatting-message-text#escaping
    // A backtick would pair with one of our blocks.
    escape: [...ENTITIES, NO_BACKTICKS],
    escapeInBlock: [...ENTITIES, NO_BACKTICKS],
    block: ["```", "```"],
    bold: ["*", "*"],
    link: (label, url) => `<${url}|${label}>`,
    brokenEnd: BROKEN_ENTITY,
  },
  {
    ...PLAIN,
    name: "discord",
    escape: [["([\\\\*_~|>#\\[\\]()<`-])", "\\${1}"], NO_MENTIONS],
    escapeInBlock: [NO_MENTIONS, NO_BACKTICKS],
    block: ["```\n", "\n```"],
    bold: ["**", "**"],
    link: (label, url) => `[${label}](${url})`,
    // Grafana cuts at 2000 characters; what may be cut are links, which come last.
    maxLine: 300,
    maxText: 200,
    maxLogsUrl: 1000,
    maxUrl: 300,
    full: 1,
    brief: 4,
    brokenEnd: "\\\\+$",
  },
  {
    ...PLAIN,
    name: "markdown",
    // Adaptive cards know neither blocks of code nor single line breaks.
    escape: [["([\\\\*_~|>#\\[\\]()<`-])", "\\${1}"], NO_MENTIONS],
    escapeInBlock: [["([\\\\*_~|>#\\[\\]()<`-])", "\\${1}"], NO_MENTIONS],
    bold: ["**", "**"],
    link: (label, url) => `[${label}](${url})`,
    newline: "\n\n",
    maxLine: 600,
    brokenEnd: "\\\\+$",
  },
  {
    ...PLAIN,
    name: "telegram",
    // 4096 characters with all tags: a tag that is cut in two is refused, and the message lost.
    escape: ENTITIES,
    escapeInBlock: ENTITIES,
    block: ["<pre>", "</pre>"],
    bold: ["<b>", "</b>"],
    link: (label, url) => `<a href="${url}">${label}</a>`,
    maxLine: 450,
    maxText: 150,
    maxLogsUrl: 1000,
    maxUrl: 300,
    full: 1,
    brief: 3,
    brokenEnd: BROKEN_ENTITY,
  },
  {
    ...PLAIN,
    name: "html",
    escape: [...ENTITIES, ['"', "&quot;"]],
    escapeInBlock: [...ENTITIES, ['"', "&quot;"]],
    bold: ["<b>", "</b>"],
    link: (label, url) => `<a href="${url}">${label}</a>`,
    maxLine: 450,
    brokenEnd: "&[a-z]{0,4}$",
  },
  {
    ...PLAIN,
    name: "jira",
    escape: [["([\\\\{}\\[\\]!*_^~|+-])", "\\${1}"], NO_MENTIONS],
    // {noformat} cannot be escaped in itself.
    escapeInBlock: [["\\{", "("], ["\\}", ")"], ["\\[~", "[ ~"], NO_MENTIONS],
    block: ["{noformat}", "{noformat}"],
    bold: ["*", "*"],
    link: (label, url) => `[${label}|${url}]`,
    brokenEnd: "\\\\+$",
  },
];
