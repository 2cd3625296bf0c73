import { createHash } from "node:crypto";
import type { Fault } from "../../fault.ts";
import type { RecordSpec } from "../../spec/schema/records.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { RecordRule, Source } from "../model.ts";

const DEFAULT_EVERY_MILLIS = 60_000;
/** Grafana's scheduler looks every ten seconds; all engines get the same. */
const EVERY_STEP_MILLIS = 10_000;

/** The records that the user wrote. */
export function compileRecords({ document }: CompileInput): {
  readonly records: readonly RecordRule[];
  readonly faults: readonly Fault[];
} {
  const records: RecordRule[] = [];
  const faults: Fault[] = [];
  document.spec.records.forEach((record, index) => {
    const place = document.placeOf(["records", index]);
    const query = queryOf(record);
    const everyMillis = record.every ?? DEFAULT_EVERY_MILLIS;
    if (query === undefined) {
      faults.push({
        check: "exactly-one",
        severity: "error",
        message: `record "${record.metric}": expected exactly one of promql and logql`,
        place,
      });
    } else if (everyMillis <= 0 || everyMillis % EVERY_STEP_MILLIS !== 0) {
      faults.push({
        check: "interval",
        severity: "error",
        message: `record "${record.metric}": expected "every" as a whole multiple of 10s, got ${everyMillis / 1_000}s`,
        place: document.placeOf(["records", index, "every"]),
      });
    } else {
      const labels = record.labels ?? {};
      records.push({
        id: idOf(record.metric, labels),
        metric: record.metric,
        ...query,
        everyMillis,
        labels,
        place,
      });
    }
  });
  return { records, faults: [...faults, ...findDoubles(records)] };
}

function queryOf({ promql, logql }: RecordSpec): { source: Source; query: string } | undefined {
  if (promql !== undefined && logql === undefined) return { source: "prometheus", query: promql };
  if (logql !== undefined && promql === undefined) return { source: "loki", query: logql };
  return undefined;
}

/** One metric may be recorded by several queries, told apart by their labels. */
function idOf(metric: string, labels: Readonly<Record<string, string>>): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([metric, Object.entries(labels).sort()]))
    .digest("hex");
  const slug = metric
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `${slug.slice(0, 31)}-${digest.slice(0, 8)}`;
}

/** Two records of the same series would take turns in it. */
function findDoubles(records: readonly RecordRule[]): Fault[] {
  const seen = new Set<string>();
  return records.flatMap(({ id, metric, place }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [
      {
        check: "duplicate-name",
        severity: "error",
        message: `the metric "${metric}" is recorded twice with the same labels`,
        advice: "give each its own name or labels",
        place,
      } satisfies Fault,
    ];
  });
}
