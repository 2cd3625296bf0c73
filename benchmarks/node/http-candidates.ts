/** A way to watch a service from inside. */
export type ServiceCandidate = {
  readonly name: string;
  /** What `--import` loads, relative to the workbench; absent: nothing. */
  readonly module?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly ours?: "metrics and logs" | "traces";
};

const TEN_PERCENT = {
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
};
/** Its own default for logs and metrics is what `OTEL_*` says, and that is OTLP to the endpoint. */
const ALL_SIGNALS = {
  OTEL_TRACES_EXPORTER: "otlp",
  OTEL_METRICS_EXPORTER: "otlp",
  OTEL_LOGS_EXPORTER: "otlp",
};

export const BARE = "bare";

export const SERVICE_CANDIDATES: readonly ServiceCandidate[] = [
  { name: BARE },
  {
    name: "@sightline/node, metrics and logs",
    module: "peers/ours/register.mjs",
    env: { OTEL_TRACES_EXPORTER: "none" },
    ours: "metrics and logs",
  },
  {
    name: "@sightline/node, traces 10 % (its default)",
    module: "peers/ours/register.mjs",
    ours: "traces",
  },
  {
    name: "OpenTelemetry auto-instrumentations 0.82, traces 10 %",
    module: "peers/otel-auto/register.mjs",
    env: { ...ALL_SIGNALS, ...TEN_PERCENT },
  },
  {
    name: "OpenTelemetry auto-instrumentations 0.82, its default",
    module: "peers/otel-auto/register.mjs",
  },
  { name: "@sentry/node 11.12, tracing 10 %", module: "peers/sentry/tracing.mjs" },
  { name: "@sentry/node 11.12, errors only", module: "peers/sentry/errors.mjs" },
  {
    name: "dd-trace 6.21, traces 10 %",
    module: "peers/dd-trace/register.mjs",
    env: { DD_TRACE_SAMPLE_RATE: "0.1", DD_LOGS_INJECTION: "true" },
  },
];
