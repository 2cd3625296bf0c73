import { ANNOTATION, closestName, PROMETHEUS_LABEL } from "@sightline/core";
import type { Fault } from "../../fault.ts";
import type { PackSpec } from "../../spec/schema/pack.ts";
import type { CompileInput } from "../compile-spec.ts";
import { logsUrl, silenceUrl } from "../messages/links.ts";
import type { AlertRule, Condition, MessagePart, RecordRule } from "../model.ts";
import { probesWithOwnAlert } from "../probes/own-alert.ts";
import { runbookUrl } from "../runbook-url.ts";
import { messageText } from "./message-text.ts";
import { PACK } from "./pack.ts";
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
  if (pack.enabled === false) return { rules: [], records: [], faults: faultsOf(input) };
  const rules = PACK.filter((row) => !off.has(row.id)).map((row) => ruleOf(row, scope, input));
  return { rules, records: PACK_RECORDS, faults: faultsOf(input) };
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
  const text = (words: string): MessagePart[] => messageText(words, row.format);
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
    message: {
      summary: text(row.summary),
      description: text(row.description),
      annotations: annotationsOf(row, input, text),
      facts: (row.facts ?? []).map(({ name, label, query }) => ({
        name,
        query: query(own),
        read: { kind: "label", label },
      })),
    },
    // What always fires is not sent to those who are told of troubles.
    contacts: change.tell ?? (isSpoken ? (pack.tell ?? []) : []),
    origin: "pack",
    folder: undefined,
    isEnabled: true,
    place: undefined,
  };
}

function annotationsOf(
  row: PackRow,
  { urls, target }: CompileInput,
  text: (words: string) => MessagePart[],
): Readonly<Record<string, readonly MessagePart[]>> {
  const query = row.lines === undefined ? undefined : text(row.lines);
  const logs = query && logsUrl(urls, target, query, LAST_HOUR);
  const labels = Object.fromEntries(
    row.by.map((name) => [name, [{ kind: "label", name } as const]]),
  );
  const isSpoken = row.severity !== "none";
  const all: [string, readonly MessagePart[] | undefined][] = [
    [ANNOTATION.runbookUrl, [{ kind: "text", text: runbookUrl(urls, row.id) }]],
    [ANNOTATION.logsQuery, query],
    [ANNOTATION.logsUrl, logs],
    [
      ANNOTATION.logsCommand,
      logs === undefined && row.command !== undefined ? text(row.command) : undefined,
    ],
    [
      ANNOTATION.dashboardUrl,
      row.dashboard === undefined || urls.grafana === undefined
        ? undefined
        : text(`${urls.grafana}${row.dashboard}`),
    ],
    [ANNOTATION.silenceUrl, isSpoken ? silenceUrl(urls, target, row.name, labels) : undefined],
  ];
  return Object.fromEntries(
    all.filter((entry): entry is [string, readonly MessagePart[]] => entry[1] !== undefined),
  );
}

const LAST_HOUR = {
  from: [{ kind: "text", text: "now-1h" }],
  to: [{ kind: "text", text: "now" }],
} as const;

function amountOf(row: PackRow, change: Change): string {
  if (row.unit === undefined) return row.amount;
  const changed = change.amount === undefined ? undefined : readAmount(change.amount, row.unit);
  // A fault tells of it; the rest is compiled with what was there before.
  const result = changed?.status === "ok" ? changed : readAmount(row.amount, row.unit);
  if (result.status === "ok") return result.amount;
  throw new Error(`default amount of ${row.id}: ${row.amount}`);
}

function faultsOf({ document }: CompileInput): Fault[] {
  const { off = [], change = {} } = document.spec.default_alerts;
  return [
    ...off.flatMap((id, index) => unknownFault(id, ["default_alerts", "off", index])),
    ...Object.keys(change).flatMap((id) => unknownFault(id, ["default_alerts", "change", id])),
    ...Object.entries(change).flatMap(([id, { amount }]) => amountFault(id, amount)),
    ...Object.entries(change).flatMap(([id, { except }]) => exceptFault(id, except)),
  ];

  function unknownFault(id: string, path: (string | number)[]): Fault[] {
    const ids = PACK.map((row) => row.id);
    if (ids.includes(id)) return [];
    const close = closestName(id, ids);
    return [
      {
        check: "unknown-default-alert",
        severity: "error",
        message: `"${id}" is no default alert`,
        advice: close === undefined ? `there are: ${ids.join(", ")}` : `did you mean "${close}"?`,
        place: document.placeOf(path),
      },
    ];
  }

  function exceptFault(id: string, except: readonly string[] | undefined): Fault[] {
    const row = PACK.find((each) => each.id === id);
    if (row === undefined || except === undefined) return [];
    if (row.by.includes(PROMETHEUS_LABEL.serviceName)) return [];
    return [
      {
        check: "default-alert-except",
        severity: "error",
        message: `"${id}" is about no service, so that none can be left out`,
        advice: "leave except out",
        place: document.placeOf(["default_alerts", "change", id, "except"]),
      },
    ];
  }

  function amountFault(id: string, amount: string | undefined): Fault[] {
    const row = PACK.find((each) => each.id === id);
    if (row === undefined || amount === undefined) return [];
    const place = document.placeOf(["default_alerts", "change", id, "amount"]);
    if (row.unit === undefined) {
      return [
        {
          check: "default-alert-amount",
          severity: "error",
          message: `"${id}" has no amount that could be changed, got "${amount}"`,
          advice: "leave amount out; for, severity and tell can be changed",
          place,
        },
      ];
    }
    const result = readAmount(amount, row.unit);
    if (result.status === "ok") return [];
    return [
      {
        check: "default-alert-amount",
        severity: "error",
        message: `amount of "${id}" is "${amount}", expected ${result.expected}`,
        advice: `without it the amount is ${row.amount}`,
        place,
      },
    ];
  }
}
