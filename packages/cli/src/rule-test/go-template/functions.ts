import { parseDuration } from "@sightline/core";
import { HUMANIZE, toTime } from "./humanize.ts";
import { printf, quote } from "./printf.ts";
import { GoInt, type GoObject, type GoValue, isTruth, printValue } from "./values.ts";

export type GoFunction = (...operands: readonly GoValue[]) => GoValue;

/** `query` of the templates: asks the rule's own store at the time of the evaluation. */
export type AskStore = (query: string) => readonly GoValue[];

/**
 * The functions of Go's templates, of Prometheus (template/template.go) and of Grafana that messages
 * use. One that is not here fails the test by name: a message is checked whole, or not at all.
 */
export function createFunctions(ask: AskStore): ReadonlyMap<string, GoFunction> {
  const humanize = Object.entries(HUMANIZE).map(([name, format]): [string, GoFunction] => [
    name,
    (value) => format(toFloat(value)),
  ]);
  return new Map([...Object.entries(GENERAL), ...humanize, ["query", (text) => ask(toText(text))]]);
}

const GENERAL: Readonly<Record<string, GoFunction>> = {
  print: (...operands) => printAll(operands),
  println: (...operands) => `${operands.map(printOperand).join(" ")}\n`,
  printf: (format, ...operands) => printf(toText(format), operands),
  urlquery: (...operands) => queryEscape(printAll(operands)),
  urlQueryEscape: (text) => queryEscape(toText(text)),
  html: (...operands) => escapeHtml(printAll(operands)),
  safeHtml: (text) => toText(text),
  len: (value) => new GoInt(lengthOf(value)),
  index: (value, ...keys) => keys.reduce(indexOf, value),
  not: (value) => !isTruth(value),
  and: (...operands) => operands.find((value) => !isTruth(value)) ?? operands.at(-1),
  or: (...operands) => operands.find(isTruth) ?? operands.at(-1),
  eq: (one, ...others) => others.some((other) => compare(one, other) === 0),
  ne: (one, other) => compare(one, other) !== 0,
  lt: (one, other) => compare(one, other) < 0,
  le: (one, other) => compare(one, other) <= 0,
  gt: (one, other) => compare(one, other) > 0,
  ge: (one, other) => compare(one, other) >= 0,
  first: (list) => {
    const [one] = toList(list);
    if (one === undefined) throw new Error("first() of an empty list");
    return one;
  },
  label: (name, sample) => (sample as GoObject | undefined)?.["Labels"] && labelOf(sample, name),
  value: (sample) => (sample as GoObject)["Value"],
  sortByLabel: (name, list) =>
    toList(list).toSorted((one, other) =>
      toText(labelOf(one, name)) < toText(labelOf(other, name)) ? -1 : 1,
    ),
  toUpper: (text) => toText(text).toUpperCase(),
  toLower: (text) => toText(text).toLowerCase(),
  title: (text) =>
    toText(text).replaceAll(/(?<![\p{L}\p{N}'])\p{L}/gu, (letter) => letter.toUpperCase()),
  match: (pattern, text) => new RegExp(toText(pattern), "u").test(toText(text)),
  reReplaceAll: (pattern, replacement, text) =>
    replaceAll(toText(pattern), toText(replacement), toText(text)),
  filterLabels: (labels, name) => keepLabels(labels, (label) => label === toText(name)),
  filterLabelsRe: (labels, pattern) =>
    keepLabels(labels, (label) => new RegExp(toText(pattern), "u").test(label)),
  removeLabels: (labels, name) => keepLabels(labels, (label) => label !== toText(name)),
  removeLabelsRe: (labels, pattern) =>
    keepLabels(labels, (label) => !new RegExp(toText(pattern), "u").test(label)),
  stripPort: (text) => toText(text).replace(/:\d+$/, ""),
  toTime: (value) => toTime(toFloat(value)),
  parseDuration: (text) => {
    const duration = parseDuration(toText(text));
    if (duration.status === "invalid") throw new Error(duration.message);
    return duration.millis / 1000;
  },
};

function keepLabels(labels: GoValue, isKept: (name: string) => boolean): GoObject {
  return Object.fromEntries(
    Object.entries((labels ?? {}) as GoObject).filter(([name]) => isKept(name)),
  );
}

function labelOf(sample: GoValue, name: GoValue): GoValue {
  return ((sample as GoObject)["Labels"] as GoObject)[toText(name)] ?? "";
}

/** Spaces between operands of which neither is a text, as fmt.Sprint has it. */
function printAll(operands: readonly GoValue[]): string {
  return operands
    .map((value, index) => {
      const before = operands[index - 1];
      const isApart = index > 0 && typeof value !== "string" && typeof before !== "string";
      return (isApart ? " " : "") + printOperand(value);
    })
    .join("");
}

/** As an argument, what a map does not have is nil. */
function printOperand(value: GoValue): string {
  return printValue(value ?? null);
}

export function toText(value: GoValue): string {
  if (typeof value === "string") return value;
  throw new Error(`expected a text, got ${printValue(value)}`);
}

function toList(value: GoValue): readonly GoValue[] {
  if (Array.isArray(value)) return value;
  throw new Error(`expected a list, got ${printValue(value)}`);
}

function toFloat(value: GoValue): number {
  if (typeof value === "number") return value;
  if (value instanceof GoInt) return value.value;
  if (typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value))) {
    return Number(value);
  }
  throw new Error(`expected a number, got ${printValue(value)}`);
}

function lengthOf(value: GoValue): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null) return Object.keys(value).length;
  throw new Error(`len of ${printValue(value)}`);
}

function indexOf(value: GoValue, key: GoValue): GoValue {
  if (Array.isArray(value)) {
    const at = key instanceof GoInt ? key.value : Number.NaN;
    if (!(at in value)) throw new Error(`index ${printValue(key)} is out of range`);
    return value[at];
  }
  if (typeof value === "object" && value !== null) return (value as GoObject)[toText(key)] ?? "";
  throw new Error(`index of ${printValue(value)}`);
}

/** Less than 0, 0, more than 0; NaN for what differs. Throws for kinds that Go does not compare. */
function compare(one: GoValue, other: GoValue): number {
  if (one instanceof GoInt && other instanceof GoInt) return one.value - other.value;
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (typeof one === "string" && typeof other === "string") {
    if (one === other) return 0;
    return one < other ? -1 : 1;
  }
  if (typeof one === "boolean" && typeof other === "boolean") return Number(one) - Number(other);
  throw new Error(
    `Go does not compare ${describeKind(one)} with ${describeKind(other)}; write 0.0 and not 0`,
  );
}

function describeKind(value: GoValue): string {
  if (value instanceof GoInt) return `the int ${value.value}`;
  return typeof value === "number" ? `the float ${value}` : quote(printValue(value));
}

function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

const HTML: Readonly<Record<string, string>> = {
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/["'&<>]/g, (sign) => HTML[sign] ?? sign);
}

/** Go's `$1`, `${name}` and `$$` in the replacement. https://pkg.go.dev/regexp#Regexp.Expand */
function replaceAll(pattern: string, replacement: string, text: string): string {
  return text.replaceAll(new RegExp(pattern, "gu"), (...found) => {
    const groups = typeof found.at(-1) === "object" ? (found.at(-1) as GoObject) : {};
    return replacement.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (all, braced, plain) => {
      const name = braced ?? plain;
      if (name === undefined) return all === "$$" ? "$" : all;
      return String((/^\d+$/.test(name) ? found[Number(name)] : groups[name]) ?? "");
    });
  });
}
