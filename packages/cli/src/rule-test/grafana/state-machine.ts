import type { Labels } from "../case.ts";
import type { GrafanaRule } from "./rule.ts";
import type { GrafanaSemantics } from "./steps.ts";
import { labelsKey } from "./values.ts";
import type { Verdict } from "./verdict.ts";

export type GrafanaState = "Normal" | "Pending" | "Alerting" | "Recovering" | "NoData" | "Error";

/** One alert of a rule, from its first evaluation until its series is gone. */
export interface AlertRecord {
  readonly state: GrafanaState;
  readonly sinceMillis: number;
  readonly lastMillis: number;
  readonly labels: Labels;
  /** The newest verdict of its own labels: what the message is made of. */
  readonly verdict: Verdict;
}

export type AlertRecords = ReadonlyMap<string, AlertRecord>;

type Timing = Pick<
  GrafanaRule,
  | "everyMillis"
  | "forMillis"
  | "keepFiringForMillis"
  | "noDataState"
  | "execErrState"
  | "missingSeriesEvals"
>;

/**
 * The next states of a rule's alerts, as Grafana's pkg/services/ngalert/state/{manager,state}.go
 * decide it: ProcessEvalResults, setNextStateForRule, resultNormal, resultAlerting, resultNoData,
 * resultError, deleteStaleStatesFromCache (10.4 and 11.0); Recovering since 12.0.
 */
export function nextRecords(
  given: Timing,
  records: AlertRecords,
  verdicts: readonly Verdict[],
  atMillis: number,
  { changesAll, keepsFiring }: Pick<GrafanaSemantics, "changesAll" | "keepsFiring">,
): AlertRecords {
  const rule = keepsFiring ? given : { ...given, keepFiringForMillis: 0 };
  const next = new Map(records);
  const [first] = verdicts;
  const isForAll =
    changesAll &&
    first !== undefined &&
    records.size > 0 &&
    ((verdicts.every(({ state }) => state === "no data") && rule.noDataState !== "NoData") ||
      (verdicts.every(({ state }) => state === "error") && rule.execErrState !== "Error"));
  if (isForAll && first) {
    for (const [key, record] of records) {
      next.set(key, advance(rule, record, first, atMillis, record.verdict));
    }
  } else {
    for (const verdict of verdicts) {
      const key = labelsKey(verdict.labels);
      const record = next.get(key) ?? {
        state: "Normal",
        sinceMillis: atMillis,
        lastMillis: atMillis,
        labels: verdict.labels,
        verdict,
      };
      next.set(key, advance(rule, record, verdict, atMillis, verdict));
    }
  }
  for (const [key, { lastMillis }] of next) {
    if (atMillis - lastMillis >= rule.missingSeriesEvals * rule.everyMillis) next.delete(key);
  }
  return next;
}

function advance(
  rule: Timing,
  record: AlertRecord,
  verdict: Verdict,
  atMillis: number,
  message: Verdict,
): AlertRecord {
  const state = nextState(rule, record, verdict, atMillis);
  const isSame = state === record.state;
  return {
    ...record,
    state,
    sinceMillis: isSame ? record.sinceMillis : atMillis,
    lastMillis: atMillis,
    verdict: message,
  };
}

function nextState(
  rule: Timing,
  record: AlertRecord,
  { state }: Verdict,
  atMillis: number,
): GrafanaState {
  switch (state) {
    case "normal":
      return afterNormal(rule, record, atMillis);
    case "alerting":
      return afterAlerting(rule, record, atMillis);
    case "no data":
      if (rule.noDataState === "NoData") return "NoData";
      return afterSetting(rule, record, rule.noDataState, atMillis);
    case "error":
      if (rule.execErrState === "Error") return "Error";
      return afterSetting(rule, record, rule.execErrState, atMillis);
  }
}

function afterSetting(
  rule: Timing,
  record: AlertRecord,
  setting: "OK" | "Alerting" | "KeepLast",
  atMillis: number,
): GrafanaState {
  if (setting === "Alerting") return afterAlerting(rule, record, atMillis);
  if (setting === "OK") return afterNormal(rule, record, atMillis);
  if (record.state === "Alerting") return "Alerting";
  if (record.state !== "Pending") return afterNormal(rule, record, atMillis);
  return atMillis - record.sinceMillis >= rule.forMillis ? "Alerting" : "Pending";
}

function afterAlerting(rule: Timing, record: AlertRecord, atMillis: number): GrafanaState {
  switch (record.state) {
    case "Alerting":
    case "Recovering":
      return "Alerting";
    case "Pending":
      return atMillis - record.sinceMillis >= rule.forMillis ? "Alerting" : "Pending";
    default:
      return rule.forMillis > 0 ? "Pending" : "Alerting";
  }
}

function afterNormal(rule: Timing, record: AlertRecord, atMillis: number): GrafanaState {
  if (record.state === "Alerting" && rule.keepFiringForMillis > 0) return "Recovering";
  if (record.state === "Recovering") {
    return atMillis - record.sinceMillis >= rule.keepFiringForMillis ? "Normal" : "Recovering";
  }
  return "Normal";
}
