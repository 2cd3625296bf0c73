import { closestName } from "@sightline/core";
import type { z } from "zod";
import type { Fault } from "../fault.ts";
import { describeType, describeValue } from "./describe-value.ts";
import type { Path, Places } from "./places.ts";
import { isSecretField } from "./secret-fields.ts";

type Issue = z.core.$ZodIssue;
type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Names of checks that schemas give by `params: {check}`; others follow from the kind of issue. */
const CHECK_OF_CODE: Partial<Readonly<Record<Issue["code"], string>>> = {
  unrecognized_keys: "unknown-key",
  invalid_type: "wrong-type",
  invalid_value: "wrong-value",
};

export interface IssueReader {
  /** For `safeParse`: words that say what was found. Messages of the schemas themselves come first. */
  readonly error: z.core.$ZodErrorMap;
  readonly toFaults: (issues: readonly Issue[]) => readonly Fault[];
}

/** Issues of zod to faults with places. One reader per parse. */
export function createIssueReader(places: Places, valueAt: (path: Path) => unknown): IssueReader {
  /** The keys that an object knows, by the list of those that it did not know. */
  const known = new Map<readonly string[], readonly string[]>();
  return {
    error: (issue) => {
      if (issue.code === "unrecognized_keys") known.set(issue.keys, keysOf(issue));
      return wordIssue(issue);
    },
    toFaults: (issues) => {
      const faults = issues
        .flatMap((issue) => flatten(issue, [], valueAt))
        .flatMap((issue) => toFaults(issue, places, known));
      return uniqueFaults(faults);
    },
  };
}

interface PlacedIssue {
  readonly issue: Issue;
  readonly path: Path;
  readonly value: unknown;
}

/** The issues of the branch of a union that was meant; "Invalid input" would help nobody. */
function flatten(issue: Issue, base: Path, valueAt: (path: Path) => unknown): PlacedIssue[] {
  const path = [...base, ...issue.path.map(toPart)];
  const value = valueAt(path);
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ issue, path, value }];
  const branches = issue.errors.map((issues) => ({
    issues,
    isOtherType: issues.some(isOtherType),
  }));
  const [meant, ...others] = branches.filter(({ isOtherType }) => !isOtherType);
  if (meant === undefined) {
    const expected = branches.flatMap(({ issues }) => issues.filter(isOtherType).map(expectedType));
    const message = `expected ${joinOr([...new Set(expected)])}, got ${describeValue(value)}`;
    return [{ issue: { ...issue, errors: [], message }, path, value }];
  }
  const least = others.reduce(
    (best, branch) => (branch.issues.length < best.issues.length ? branch : best),
    meant,
  );
  return least.issues.flatMap((inner) => flatten(inner, path, valueAt));
}

function isOtherType(issue: Issue): boolean {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

function expectedType(issue: Issue): string {
  return issue.code === "invalid_type" ? describeType(issue.expected) : "something else";
}

function toFaults(
  { issue, path, value }: PlacedIssue,
  places: Places,
  known: ReadonlyMap<readonly string[], readonly string[]>,
): Fault[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...path, key], known.get(issue.keys) ?? [], places));
  }
  const params = issue.code === "custom" ? issue.params : undefined;
  const isMissing = issue.code === "invalid_type" && value === undefined;
  const words = withoutSecret(withValue(issue, value), path, value);
  return [
    {
      check: String(
        params?.["check"] ?? (isMissing ? "missing" : CHECK_OF_CODE[issue.code]) ?? "wrong-value",
      ),
      severity: "error",
      message: isMissing && !words.startsWith("missing") ? `missing; ${words}` : words,
      ...(typeof params?.["advice"] === "string" && { advice: params["advice"] }),
      ...(!isSecretField(path) && adviceOf(issue, value)),
      place: places.placeOf(path),
    },
  ];
}

function unknownKey(path: Path, known: readonly string[], places: Places): Fault {
  const key = String(path[path.length - 1]);
  const near = closestName(key, known);
  const list = known.length === 0 ? "none" : known.join(", ");
  return {
    check: "unknown-key",
    severity: "error",
    message: `unknown key "${key}"`,
    advice: near === undefined ? `expected one of ${list}` : `did you mean "${near}"?`,
    place: places.placeOfKey(path),
  };
}

/** The value of a field that may be a secret is not repeated, only what kind of value it is. */
function withoutSecret(message: string, path: Path, value: unknown): string {
  if (!isSecretField(path)) return message;
  const kind = Array.isArray(value) ? "a list" : describeType(typeof value);
  return message.replaceAll(describeValue(value), kind);
}

/** Messages that a schema carries say what was expected; what was found is added here. */
function withValue(issue: Issue, value: unknown): string {
  if (issue.code !== "invalid_format" || issue.message.includes(", got ")) return issue.message;
  return `${issue.message}, got ${describeValue(value)}`;
}

function adviceOf(issue: Issue, value: unknown): { advice?: string } {
  // Not where a schema has words of its own: those of secrets do not repeat the value.
  const isOurs = issue.message.startsWith("expected a text, got");
  if (issue.code === "invalid_type" && isOurs && isPlain(value)) {
    return { advice: `put it in quotes: "${String(value)}"` };
  }
  if (issue.code === "invalid_value" && typeof value === "string") {
    const near = closestName(value, issue.values.map(String));
    if (near !== undefined) return { advice: `did you mean "${near}"?` };
  }
  return {};
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean";
}

function wordIssue(issue: RawIssue): string | undefined {
  const got = describeValue(issue.input);
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? `missing; expected ${describeType(String(issue.expected))}`
        : `expected ${describeType(String(issue.expected))}, got ${got}`;
    case "invalid_value":
      return `expected ${joinOr(issue.values.map((value) => String(value)))}, got ${got}`;
    case "too_small":
      return wordSize(`at least ${issue.minimum}`, issue.origin, issue.inclusive, got);
    case "too_big":
      return wordSize(`at most ${issue.maximum}`, issue.origin, issue.inclusive, got);
    case "invalid_format":
      return issue.format === "url"
        ? `expected a URL such as "https://example.org/page", got ${got}`
        : `expected ${issue.format}, got ${got}`;
    case "not_multiple_of":
      return `expected a multiple of ${issue.divisor}, got ${got}`;
    case "invalid_key":
      return `this key is not allowed, got ${got}`;
    default:
      return undefined;
  }
}

function wordSize(bound: string, origin: string, inclusive: boolean | undefined, got: string) {
  if (origin === "string") return `expected ${bound} characters, got ${got}`;
  if (origin === "array" || origin === "set") return `expected ${bound} in the list, got ${got}`;
  const exact =
    inclusive === false
      ? bound.replace("at least", "more than").replace("at most", "less than")
      : bound;
  return `expected ${exact}, got ${got}`;
}

function keysOf(issue: RawIssue): readonly string[] {
  const shape = (issue.inst as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def
    ?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}

function toPart(part: PropertyKey): string | number {
  return typeof part === "number" ? part : String(part);
}

function joinOr(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}

/** Two branches of a union may say the same. */
function uniqueFaults(faults: readonly Fault[]): Fault[] {
  const seen = new Set<string>();
  return faults.filter(({ message, place }) => {
    const key = `${place?.line}:${place?.column}:${place?.path}:${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
