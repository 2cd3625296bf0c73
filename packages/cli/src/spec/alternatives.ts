import type { Fault } from "../fault.ts";
import { suggestAppKey } from "./app-key.ts";
import type { Places } from "./places.ts";

interface Alternatives {
  readonly section: string;
  /** One item of the section, with its article. */
  readonly item: string;
  readonly keys: readonly string[];
  /** What the keys say. */
  readonly purpose: string;
  /** None of them has a meaning, too. */
  readonly isOptional?: true;
  /** What to do where there is none. */
  readonly adviceOnNone?: () => string;
}

/** Keys of which an item has exactly one. Read by the validation and by the JSON Schema. */
export const ALTERNATIVES: readonly Alternatives[] = [
  {
    section: "alerts",
    item: "an alert",
    keys: ["log", "metric", "absent", "crash", "new_error", "promql", "logql", "grafana"],
    purpose: "what it looks at",
  },
  {
    section: "slos",
    item: "an SLO",
    keys: ["availability", "latency", "metric", "log"],
    purpose: "what is counted",
  },
  {
    section: "records",
    item: "a record",
    keys: ["promql", "logql"],
    purpose: "what is recorded",
  },
  { section: "probes", item: "a probe", keys: ["url", "tcp", "tls"], purpose: "what is asked" },
  {
    section: "apps",
    item: "an app",
    keys: ["key", "keys"],
    purpose: "what its pages send with",
    adviceOnNone: () => `a fresh one to paste: key: ${suggestAppKey()}`,
  },
  {
    section: "targets",
    item: "a target",
    keys: ["grafana", "stack"],
    purpose: "where it is applied",
    // The stack of this machine.
    isOptional: true,
  },
];

/** On what was read, before its types are known to be right: so all faults are told at once. */
export function checkAlternatives(
  sections: Readonly<Record<string, unknown>>,
  places: Places,
): readonly Fault[] {
  return ALTERNATIVES.flatMap((row) => {
    const items = sections[row.section];
    if (!Array.isArray(items)) return [];
    return items.flatMap((item, index) => checkItem(row, item, [row.section, index], places));
  });
}

function checkItem(
  { item, keys, purpose, isOptional, adviceOnNone }: Alternatives,
  value: unknown,
  path: readonly [string, number],
  places: Places,
): readonly Fault[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const given = keys.filter((key) => Object.hasOwn(value, key));
  if (given.length === 1 || (given.length === 0 && isOptional)) return [];
  const fault = { check: "exactly-one-of", severity: "error" } as const;
  if (given.length === 0) {
    const message = `${item} needs a key that says ${purpose}: ${joinOr(keys)}`;
    return [{ ...fault, message, advice: adviceOnNone?.(), place: places.placeOf(path) }];
  }
  const order = Object.keys(value).filter((key) => given.includes(key));
  const message = `${order.join(" and ")} stand beside each other; expected one of them`;
  const advice = `make two of it, or leave one out`;
  return [{ ...fault, message, advice, place: places.placeOfKey([...path, order[1] ?? ""]) }];
}

function joinOr(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}
