/**
 * Whether a container's environment (`NAME=value`) says that the service sends its own metrics by
 * OTLP: its SDK then has `http.server.request.duration` already, and its access lines would count
 * every request a second time.
 */
export function hasOwnMetrics(environment: readonly string[]): boolean {
  const values = new Map(
    environment.map((entry) => {
      const equals = entry.indexOf("=");
      return [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
  if (values.get("OTEL_SDK_DISABLED")?.toLowerCase() === "true") return false;
  const exporter = values.get("OTEL_METRICS_EXPORTER") ?? "";
  // "none", or "prometheus", which waits for somebody to ask.
  if (exporter !== "" && !exporter.includes("otlp")) return false;
  return SENDERS.some((name) => (values.get(name) ?? "") !== "");
}

/** Source: OpenTelemetry protocol exporter, environment variables. */
const SENDERS = [
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
  "OTEL_METRICS_EXPORTER",
] as const;
