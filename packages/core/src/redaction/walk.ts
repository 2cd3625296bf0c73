import type { CountRedaction } from "./category.ts";
import { redactionMark } from "./category.ts";
import { cutText } from "./cut-text.ts";
import type { KeyRule } from "./key-rules.ts";

/** Limits of one walk. What is left out leaves a mark that says how much. */
export interface WalkLimits {
  readonly maxDepth: number;
  /** Entries of one object or array. */
  readonly maxEntries: number;
  /** Values in all; stops a graph that shares its parts from being unrolled without end. */
  readonly maxNodes: number;
  /** Characters of one text. */
  readonly maxTextCharacters: number;
  /** Characters of all texts; a value of ten million of them must not hold the host up. */
  readonly maxCharacters: number;
}

export interface WalkRules {
  readonly limits: WalkLimits;
  readonly keyRule: (key: string) => KeyRule;
  readonly text: (text: string) => string;
  readonly count: CountRedaction;
}

interface WalkState {
  nodes: number;
  characters: number;
  /** The objects around the one that is visited; never more than `maxDepth`. */
  readonly ancestors: object[];
}

/** The key under which a copy says how many entries it left out. */
export const LEFT_OUT_KEY = "…";

/**
 * A plain, JSON-safe copy of any value with secrets masked. Never throws, never touches the input.
 *
 * It runs for each line of a host, most often over a flat object of scalars: so no generators, no
 * closures, and nothing is made per entry but the entry.
 */
export function redactValue(value: unknown, rules: WalkRules): unknown {
  return visit(value, 0, rules, { nodes: 0, characters: 0, ancestors: [] });
}

function visit(value: unknown, depth: number, rules: WalkRules, state: WalkState): unknown {
  state.nodes += 1;
  switch (typeof value) {
    case "string":
      return visitText(value, rules, state);
    case "number":
      // JSON has no NaN and no Infinity: it would write null and hide which.
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
    case "undefined":
      return value;
    case "bigint":
    case "symbol":
      return visitText(String(value), rules, state);
    case "function":
      return "[function]";
    default:
      return value === null ? null : guarded(value as object, depth, rules, state);
  }
}

function visitText(text: string, rules: WalkRules, state: WalkState): string {
  if (state.characters > rules.limits.maxCharacters) return "[too much text]";
  const looked = cutText(text, rules.limits.maxTextCharacters);
  state.characters += looked.length;
  return rules.text(looked);
}

/** Getters, proxies and `toJSON` are somebody else's code: whatever they do stays in here. */
function guarded(value: object, depth: number, rules: WalkRules, state: WalkState): unknown {
  const { ancestors } = state;
  if (ancestors.includes(value)) return "[circular]";
  if (depth >= rules.limits.maxDepth)
    return Array.isArray(value) ? "[array too deep]" : "[object too deep]";
  if (state.nodes > rules.limits.maxNodes) return "[too many values]";
  const level = ancestors.length;
  ancestors.push(value);
  try {
    return visitObject(value, depth, rules, state);
  } catch {
    rules.count("failed");
    return redactionMark("failed");
  } finally {
    ancestors.length = level;
  }
}

function visitObject(value: object, depth: number, rules: WalkRules, state: WalkState): unknown {
  if (Array.isArray(value)) return visitArray(value, depth, rules, state);
  if (ArrayBuffer.isView(value)) return `[binary ${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[binary ${value.byteLength} bytes]`;
  if (value instanceof Map) return visitMap(value, depth, rules, state);
  if (value instanceof Set) return visitArray([...value], depth, rules, state);
  if (value instanceof RegExp) return visitText(String(value), rules, state);
  if (value instanceof Error) return visitKeys(value, errorKeys(value), depth, rules, state);
  const toJson = (value as { toJSON?: unknown }).toJSON;
  // Dates, URLs, decimals, ORM documents: they know their own plain form.
  if (typeof toJson === "function") return visit(toJson.call(value, ""), depth + 1, rules, state);
  return visitKeys(value, Object.keys(value), depth, rules, state);
}

function visitArray(
  array: readonly unknown[],
  depth: number,
  rules: WalkRules,
  state: WalkState,
): unknown[] {
  const out: unknown[] = [];
  const size = Math.min(array.length, rules.limits.maxEntries);
  for (let index = 0; index < size; index += 1) {
    const item = readOr(array as unknown as Record<number, unknown>, index, rules);
    out.push(visit(item, depth + 1, rules, state));
  }
  if (array.length > size) out.push(`[${array.length - size} more]`);
  return out;
}

function visitMap(
  map: ReadonlyMap<unknown, unknown>,
  depth: number,
  rules: WalkRules,
  state: WalkState,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  let written = 0;
  for (const [mapKey, value] of map) {
    if (written >= rules.limits.maxEntries) {
      setOwn(out, LEFT_OUT_KEY, `[${map.size - written} more]`);
      break;
    }
    written += 1;
    const key = typeof mapKey === "object" ? "[object]" : String(mapKey);
    const rule = rules.keyRule(key);
    setOwn(out, rule.shown, visitEntry(rule, value, depth, rules, state));
  }
  return out;
}

function visitKeys(
  value: object,
  keys: readonly string[],
  depth: number,
  rules: WalkRules,
  state: WalkState,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const size = Math.min(keys.length, rules.limits.maxEntries);
  for (let index = 0; index < size; index += 1) {
    const key = keys[index] as string;
    const entry = readOr(value as Record<string, unknown>, key, rules);
    const rule = rules.keyRule(key);
    setOwn(out, rule.shown, visitEntry(rule, entry, depth, rules, state));
  }
  if (keys.length > size) setOwn(out, LEFT_OUT_KEY, `[${keys.length - size} more]`);
  return out;
}

function visitEntry(
  rule: KeyRule,
  value: unknown,
  depth: number,
  rules: WalkRules,
  state: WalkState,
): unknown {
  // A boolean, null or nothing under a secret key is not the secret, and explains bugs.
  const tells = value !== null && value !== undefined && typeof value !== "boolean";
  if (tells && rule.isSecret) {
    rules.count("key");
    return redactionMark("key");
  }
  return visit(value, depth + 1, rules, state);
}

function readOr<K extends string | number>(
  from: Readonly<Record<K, unknown>>,
  key: K,
  rules: WalkRules,
): unknown {
  try {
    return from[key];
  } catch {
    rules.count("failed");
    return redactionMark("failed");
  }
}

const ERROR_KEYS: readonly string[] = ["name", "message", "stack", "cause", "errors"];

/** `message`, `stack` and `cause` are not enumerable, so a plain copy of an error would be empty. */
function errorKeys(error: Error): string[] {
  const keys = ["name", "message", "stack"];
  if ("cause" in error) keys.push("cause");
  if ("errors" in error) keys.push("errors");
  for (const key of Object.keys(error)) if (!ERROR_KEYS.includes(key)) keys.push(key);
  return keys;
}

/** Assignment to `__proto__` would set the prototype of the copy instead of a field. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  } else {
    target[key] = value;
  }
}
