import { formatDuration } from "@sightline/core";
import type { Fault, Place } from "../../fault.ts";
import type { SloSpec } from "../../spec/schema/slos.ts";
import { ruleId } from "../alerts/rule-ids.ts";
import type { CompileInput } from "../compile-spec.ts";
import { type BurnWindows, burnWindowsOf, DAY } from "./burn-windows.ts";
import { type Indicator, readIndicator } from "./slo-kinds.ts";
import { burnThreshold } from "./thresholds.ts";

/** A service level objective, understood. */
export interface Slo {
  readonly id: string;
  readonly name: string;
  readonly service: string | undefined;
  /** `99.9%`. */
  readonly target: string;
  readonly periodMillis: number;
  readonly indicator: Indicator;
  /** Those whose threshold can be reached. */
  readonly windows: readonly BurnWindows[];
  readonly tell: readonly string[];
  readonly ticket: readonly string[];
  readonly place: Place;
}

export const DEFAULT_PERIOD_MILLIS: number = 30 * DAY;
const MIN_PERIOD_MILLIS = 7 * DAY;
/** So long Prometheus keeps samples, unless it is told otherwise. */
const MAX_PERIOD_MILLIS = 90 * DAY;

export function readSlo(
  spec: SloSpec,
  index: number,
  { document, target }: CompileInput,
): { readonly slo: Slo | undefined; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const place = (path: readonly string[]): Place => document.placeOf(["slos", index, ...path]);
  const fault = (
    check: string,
    severity: Fault["severity"],
    path: readonly string[],
    message: string,
    advice?: string,
  ): void => {
    faults.push({ check, severity, message, advice, place: place(path) });
  };

  const periodMillis = spec.over ?? DEFAULT_PERIOD_MILLIS;
  const isWhole = periodMillis % DAY === 0;
  if (periodMillis < MIN_PERIOD_MILLIS || periodMillis > MAX_PERIOD_MILLIS || !isWhole) {
    fault(
      "slo-period",
      "error",
      ["over"],
      `SLO "${spec.name}" is over ${formatDuration(periodMillis)}, expected whole days from 7d to 90d`,
      "most teams take 28d or 30d",
    );
  }
  const environment = document.spec.targets.find(({ name }) => name === target.name)?.environment;
  const result = readIndicator(spec, environment);
  if (result.status === "invalid") {
    for (const { path, message, advice } of result.faults)
      fault("slo-indicator", "error", path, message, advice);
  }
  const all = burnWindowsOf(periodMillis);
  const reachable = all.filter((pair) => burnThreshold(pair, periodMillis, spec.target).lt(1));
  tellImpossible();
  if (faults.some(({ severity }) => severity === "error") || result.status === "invalid") {
    return { slo: undefined, faults };
  }
  const tell = spec.tell ?? [];
  const slo: Slo = {
    id: ruleId(`slo ${spec.name}`),
    service: spec.service,
    name: spec.name,
    target: spec.target,
    periodMillis,
    indicator: result.indicator,
    windows: reachable,
    tell,
    ticket: spec.ticket ?? tell,
    place: place([]),
  };
  return { slo, faults };

  function tellImpossible(): void {
    const impossible = all.filter((pair) => !reachable.includes(pair));
    if (impossible.length === 0) return;
    const words = impossible
      .map((pair) => {
        const percent = burnThreshold(pair, periodMillis, spec.target).times(100);
        return `${pair.name}: above ${percent.round(1).toFixed()} %`;
      })
      .join(", ");
    const isEvery = reachable.length === 0;
    fault(
      "slo-impossible",
      isEvery ? "error" : "warning",
      ["target"],
      `SLO "${spec.name}": with ${spec.target} over ${periodMillis / DAY}d ${isEvery ? "no alert can" : "some alerts can never"}${isEvery ? " ever" : ""} fire (${words})`,
      isEvery
        ? "a higher target, or a shorter period"
        : "those are left out, the slower ones stay; a higher target or a shorter period brings them back",
    );
  }
}
