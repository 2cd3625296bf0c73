/**
 * The walk as it was before it was made fast: generators, closures and all. The fast one must give
 * the same over any value.
 */
import type { CountRedaction } from "../../src/redaction/category.ts";
import { redactionMark } from "../../src/redaction/category.ts";

/** Limits of one walk. What is left out leaves a mark that says how much. */
export interface WalkLimits {
  readonly maxDepth: number;
  /** Entries of one object or array. */
  readonly maxEntries: number;
  /** Values in all; stops a graph that shares its parts from being unrolled without end. */
  readonly maxNodes: number;
}

export interface WalkRules {
  readonly limits: WalkLimits;
  readonly isSecretKey: (key: string) => boolean;
  readonly text: (text: string) => string;
  readonly count: CountRedaction;
}

interface WalkState {
  nodes: number;
  readonly ancestors: Set<object>;
}

/** A plain, JSON-safe copy of any value with secrets masked. Never throws, never touches the input. */
export function redactValue(value: unknown, rules: WalkRules): unknown {
  return visit(value, 0, rules, { nodes: 0, ancestors: new Set() });
}

function visit(value: unknown, depth: number, rules: WalkRules, state: WalkState): unknown {
  state.nodes += 1;
  switch (typeof value) {
    case "string":
      return rules.text(value);
    case "number":
      // JSON has no NaN and no Infinity: it would write null and hide which.
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
    case "undefined":
      return value;
    case "bigint":
    case "symbol":
      return rules.text(String(value));
    case "function":
      return "[function]";
    default:
      return value === null ? null : guarded(value as object, depth, rules, state);
  }
}

/** Getters, proxies and `toJSON` are somebody else's code: whatever they do stays in here. */
function guarded(value: object, depth: number, rules: WalkRules, state: WalkState): unknown {
  if (state.ancestors.has(value)) return "[circular]";
  if (depth >= rules.limits.maxDepth)
    return Array.isArray(value) ? "[array too deep]" : "[object too deep]";
  if (state.nodes > rules.limits.maxNodes) return "[too many values]";
  state.ancestors.add(value);
  try {
    return visitObject(value, depth, rules, state);
  } catch {
    rules.count("failed");
    return redactionMark("failed");
  } finally {
    state.ancestors.delete(value);
  }
}

function visitObject(value: object, depth: number, rules: WalkRules, state: WalkState): unknown {
  if (Array.isArray(value)) return visitArray(value, depth, rules, state);
  if (ArrayBuffer.isView(value)) return `[binary ${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[binary ${value.byteLength} bytes]`;
  if (value instanceof Map) return visitEntries(mapEntries(value), value.size, depth, rules, state);
  if (value instanceof Set) return visitArray([...value], depth, rules, state);
  if (value instanceof RegExp) return rules.text(String(value));
  if (value instanceof Error)
    return visitEntries(errorEntries(value), undefined, depth, rules, state);
  const toJson = (value as { toJSON?: unknown }).toJSON;
  // Dates, URLs, decimals, ORM documents: they know their own plain form.
  if (typeof toJson === "function") return visit(toJson.call(value, ""), depth + 1, rules, state);
  const keys = Object.keys(value);
  return visitEntries(ownEntries(value, keys), keys.length, depth, rules, state);
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
    out.push(
      visit(
        readOr(() => array[index], rules),
        depth + 1,
        rules,
        state,
      ),
    );
  }
  if (array.length > size) out.push(`[${array.length - size} more]`);
  return out;
}

type Entry = readonly [key: string, read: () => unknown];

function visitEntries(
  entries: Iterable<Entry>,
  total: number | undefined,
  depth: number,
  rules: WalkRules,
  state: WalkState,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  let written = 0;
  for (const [key, read] of entries) {
    if (written >= rules.limits.maxEntries) {
      const rest = total === undefined ? "more" : `${total - written} more`;
      setOwn(out, "…", `[${rest}]`);
      break;
    }
    written += 1;
    setOwn(out, rules.text(key), visitEntry(key, read, depth, rules, state));
  }
  return out;
}

function visitEntry(
  key: string,
  read: () => unknown,
  depth: number,
  rules: WalkRules,
  state: WalkState,
): unknown {
  const value = readOr(read, rules);
  // A boolean, null or nothing under a secret key is not the secret, and explains bugs.
  const tells = value !== null && value !== undefined && typeof value !== "boolean";
  if (tells && rules.isSecretKey(key)) {
    rules.count("key");
    return redactionMark("key");
  }
  return visit(value, depth + 1, rules, state);
}

function readOr(read: () => unknown, rules: WalkRules): unknown {
  try {
    return read();
  } catch {
    rules.count("failed");
    return redactionMark("failed");
  }
}

function* ownEntries(value: object, keys: readonly string[]): Generator<Entry> {
  for (const key of keys) yield [key, () => (value as Record<string, unknown>)[key]];
}

function* mapEntries(map: ReadonlyMap<unknown, unknown>): Generator<Entry> {
  for (const [key, value] of map)
    yield [typeof key === "object" ? "[object]" : String(key), () => value];
}

/** `message`, `stack` and `cause` are not enumerable, so a plain copy of an error would be empty. */
function* errorEntries(error: Error): Generator<Entry> {
  yield ["name", () => error.name];
  yield ["message", () => error.message];
  yield ["stack", () => error.stack];
  if ("cause" in error) yield ["cause", () => error.cause];
  if ("errors" in error) yield ["errors", () => error.errors];
  for (const key of Object.keys(error)) {
    if (!["name", "message", "stack", "cause", "errors"].includes(key)) {
      yield [key, () => (error as unknown as Record<string, unknown>)[key]];
    }
  }
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
