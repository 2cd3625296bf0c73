import type { Fault } from "../../fault.ts";
import type { PackSpec } from "../../spec/schema/pack.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { AlertRule, Condition, RecordRule } from "../model.ts";
import { probesWithOwnAlert } from "../probes/own-alert.ts";
import { PACK } from "./pack.ts";
import { packFaults } from "./pack-faults.ts";
import { packMessage } from "./pack-message.ts";
import type { PackRow, PackScope } from "./pack-row.ts";
import { readAmount } from "./read-amount.ts";
import { PACK_RECORDS } from "./records.ts";

type Change = NonNullable<PackSpec["change"]>[string];

/** The alerts that are there without writing any. */
export function compilePack(input: CompileInput): {
  readonly rules: readonly AlertRule[];
  readonly records: readonly RecordRule[];
  readonly faults: readonly Fault[];
} {
  const pack = input.document.spec.default_alerts;
  const off = new Set(pack.off ?? []);
  const scope = scopeOf(input);
  if (pack.enabled === false) return { rules: [], records: [], faults: packFaults(input) };
  const rules = PACK.filter((row) => !off.has(row.id)).map((row) => ruleOf(row, scope, input));
  return { rules, records: PACK_RECORDS, faults: packFaults(input) };
}

function scopeOf({ document: { spec }, target }: CompileInput): PackScope {
  const environment = spec.targets.find(({ name }) => name === target.name)?.environment;
  return {
    environment,
    exceptServices: [],
    ownProbes: probesWithOwnAlert(spec.probes).map(({ name }) => name),
  };
}

/** Its uid in Grafana, too, so that it must not be that of an alert of the user. */
export function packRuleId(row: Pick<PackRow, "id">): string {
  return `sightline-${row.id}`;
}

function ruleOf(row: PackRow, scope: PackScope, input: CompileInput): AlertRule {
  const pack = input.document.spec.default_alerts;
  const change: Change = pack.change?.[row.id] ?? {};
  const amount = amountOf(row, change);
  const own: PackScope = { ...scope, exceptServices: change.except ?? [] };
  const { query, gates = [] } = row.look(own, amount);
  const all: [Condition, ...Condition[]] = [
    { query, comparison: row.comparison, amount },
    ...gates,
  ];
  const isSpoken = row.severity !== "none";
  return {
    id: packRuleId(row),
    name: row.name,
    source: row.source,
    expression: { kind: "conditions", all },
    by: row.by,
    whenEmpty: "ok",
    forMillis: change.for ?? row.forMillis,
    keepFiringForMillis: row.keepFiringForMillis,
    everyMillis: row.everyMillis,
    severity: change.severity ?? row.severity,
    labels: {},
    message: packMessage(row, own, input),
    // What always fires is not sent to those who are told of troubles.
    contacts: change.tell ?? (isSpoken ? (pack.tell ?? []) : []),
    origin: "pack",
    folder: undefined,
    isEnabled: true,
    place: undefined,
  };
}

function amountOf(row: PackRow, change: Change): string {
  if (row.unit === undefined) return row.amount;
  const changed = change.amount === undefined ? undefined : readAmount(change.amount, row.unit);
  // A fault tells of it; the rest is compiled with what was there before.
  const result = changed?.status === "ok" ? changed : readAmount(row.amount, row.unit);
  if (result.status === "ok") return result.amount;
  throw new Error(`default amount of ${row.id}: ${row.amount}`);
}
