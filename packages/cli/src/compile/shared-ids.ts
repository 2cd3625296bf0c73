import type { Fault, Place } from "../fault.ts";

interface Identified {
  readonly id: string;
  readonly name: string;
  readonly place: Place | undefined;
}

/** An id is Grafana's uid and what history hangs on: two rules cannot share one. */
export function findSharedIds(rules: readonly Identified[]): Fault[] {
  const first = new Map<string, Identified>();
  // Those without a place are the default alerts: the fault is told where the user wrote.
  const ordered = rules.toSorted(
    (a, b) => Number(b.place === undefined) - Number(a.place === undefined),
  );
  return ordered.flatMap((rule): Fault[] => {
    const other = first.get(rule.id);
    if (other === undefined) {
      first.set(rule.id, rule);
      return [];
    }
    // Equal names are told of where the specification is read.
    if (other.name === rule.name && other.place !== undefined) return [];
    return [
      {
        check: "duplicate-id",
        severity: "error",
        message: `"${other.name}"${other.place === undefined ? " (a default alert)" : ""} and "${rule.name}" have the same id "${rule.id}"`,
        advice: 'call one of them something else, or give it a "uid"',
        place: rule.place,
      },
    ];
  });
}
