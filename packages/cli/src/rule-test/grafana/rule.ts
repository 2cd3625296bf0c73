import { parseDuration } from "@sightline/core";
import type { Labels } from "../case.ts";
import { readStep } from "./read-step.ts";
import type { RuleStep } from "./steps.ts";

export type NoDataState = "OK" | "NoData" | "Alerting" | "KeepLast";
export type ErrorState = "OK" | "Error" | "Alerting" | "KeepLast";

/** A Grafana rule as it is sent, read for evaluation. */
export interface GrafanaRule {
  readonly title: string;
  readonly condition: string;
  readonly steps: readonly RuleStep[];
  readonly everyMillis: number;
  readonly forMillis: number;
  readonly keepFiringForMillis: number;
  readonly noDataState: NoDataState;
  readonly execErrState: ErrorState;
  /** After how many evaluations without its series an alert is over. */
  readonly missingSeriesEvals: number;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleBody {
  readonly title?: unknown;
  readonly condition?: unknown;
  readonly data?: readonly Record<string, unknown>[];
  readonly interval?: unknown;
  readonly for?: unknown;
  readonly keep_firing_for?: unknown;
  readonly noDataState?: unknown;
  readonly execErrState?: unknown;
  readonly missingSeriesEvalsToResolve?: unknown;
  readonly labels?: Labels;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Grafana's default: pkg/services/ngalert/state/manager.go, stateIsStale. */
const DEFAULT_MISSING_SERIES_EVALS = 2;

/** Reads a rule's body, as `emit/grafana` makes it. Throws for what tests cannot run. */
export function readGrafanaRule(
  body: RuleBody,
  datasources: { readonly prometheus: string; readonly loki: string },
): GrafanaRule {
  const engineOf = (uid: string, type: string | undefined): "prometheus" | "loki" | undefined => {
    if (uid === datasources.prometheus) return "prometheus";
    if (uid === datasources.loki) return "loki";
    return type === "prometheus" || type === "loki" ? type : undefined;
  };
  return {
    title: String(body.title),
    condition: String(body.condition),
    steps: (body.data ?? []).map((step) => readStep(step, engineOf)),
    everyMillis: Number(body.interval) * 1000,
    forMillis: millisOf(body.for),
    keepFiringForMillis: millisOf(body.keep_firing_for),
    noDataState: body.noDataState as NoDataState,
    execErrState: body.execErrState as ErrorState,
    missingSeriesEvals: Number(body.missingSeriesEvalsToResolve ?? DEFAULT_MISSING_SERIES_EVALS),
    labels: body.labels ?? {},
    annotations: body.annotations ?? {},
  };
}

function millisOf(given: unknown): number {
  if (given === undefined || given === null || given === "" || given === "0") return 0;
  const duration = parseDuration(String(given));
  if (duration.status === "invalid") throw new Error(duration.message);
  return duration.millis;
}
