import { fitLabel } from "./prometheus-names.ts";

/** A metric of prom-client at one moment, checked and without what is not used. Plain data. */
export type PromSnapshot = {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  readonly samples: readonly PromSample[];
  /** Samples that were not even looked at, because there are too many. */
  readonly omitted: number;
};

export type PromSample = {
  /** Differs from the metric's for parts of a histogram or summary: `x_bucket`, `x_sum`, `x_count`. */
  readonly name: string;
  /** By the names that they may have in Prometheus. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const TYPES: ReadonlySet<unknown> = new Set(["counter", "gauge", "histogram", "summary"]);
/** Names as Prometheus has them; prom-client checks them too. */
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]{0,255}$/;
const MAX_HELP_CHARS = 1_024;

/** What a registry says of all of its metrics. */
export type RegistryTraits = {
  /** A label of a sample itself beats them. */
  readonly defaultLabels: Readonly<Record<string, string>>;
  /** Its counters are printed with `_total`, which prom-client takes out of their own names then. */
  readonly isOpenMetrics: boolean;
  /** Of one metric; to look at a million would hold the host up for a second. */
  readonly maxSamples: number;
};

/**
 * Reads what `metric.get()` gave. Undefined for what is no metric; samples without a number are left
 * out, such as the quantiles of a summary that saw nothing.
 */
export function parseSnapshot(
  value: unknown,
  { defaultLabels, isOpenMetrics, maxSamples }: RegistryTraits,
): PromSnapshot | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name: told, help, type, values } = value as Record<string, unknown>;
  if (typeof told !== "string" || !NAME.test(told) || !TYPES.has(type)) return undefined;
  const name = isOpenMetrics && type === "counter" ? `${told.replace(/_total$/, "")}_total` : told;
  const all = Array.isArray(values) ? values : [];
  const samples = all.slice(0, maxSamples);
  return {
    name,
    help: typeof help === "string" ? help.slice(0, MAX_HELP_CHARS) : "",
    type: type as PromSnapshot["type"],
    samples: samples.flatMap((sample) => parseSample(sample, name, defaultLabels)),
    omitted: all.length - samples.length,
  };
}

function parseSample(
  sample: unknown,
  name: string,
  defaultLabels: Readonly<Record<string, string>>,
): PromSample[] {
  if (typeof sample !== "object" || sample === null) return [];
  const { value, metricName, labels } = sample as Record<string, unknown>;
  if (typeof value !== "number" || Number.isNaN(value)) return [];
  return [
    {
      name: typeof metricName === "string" ? metricName : name,
      labels: parseLabels(labels, defaultLabels),
      value,
    },
  ];
}

/** Every value as text, as prom-client prints it, and over the defaults. Only them for no labels. */
export function parseLabels(
  labels: unknown,
  defaults: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const parsed: Record<string, string> = { ...defaults };
  if (typeof labels !== "object" || labels === null) return parsed;
  // Ten thousand series come through here: no lists of pairs.
  for (const name of Object.keys(labels)) {
    // It would set a prototype; Prometheus keeps names with two underscores for itself anyway.
    if (name === "__proto__") continue;
    parsed[fitLabel(name)] = String((labels as Record<string, unknown>)[name]);
  }
  return parsed;
}
