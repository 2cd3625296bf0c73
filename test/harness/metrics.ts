/** Metrics as a process would send them: points of the last minute, 15 seconds apart. */
const STEP_SECONDS = 15;

interface Metric {
  readonly [field: string]: unknown;
}

/** A cumulative counter with these values, the last one now. */
export function counter(
  name: string,
  values: readonly number[],
  attributes: Readonly<Record<string, string>>,
): Metric {
  const dataPoints = values.map((asInt, index) => ({
    ...times(index, values.length),
    asInt,
    attributes: toAttributes(attributes),
  }));
  return { name, sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints } };
}

/** A cumulative histogram of HTTP requests, all answered with this status; the last point now. */
export function durations(name: string, status: string, counts: readonly number[]): Metric {
  const dataPoints = counts.map((count, index, all) => ({
    ...times(index, all.length),
    count: String(count),
    sum: count * 0.02,
    explicitBounds: [0.01, 0.1],
    bucketCounts: ["0", String(count), "0"],
    attributes: toAttributes({
      "http.route": "/calm",
      "http.request.method": "GET",
      "http.response.status_code": status,
    }),
  }));
  return { name, unit: "s", histogram: { aggregationTemporality: 2, dataPoints } };
}

/** Sends them to a collector as OTLP/HTTP JSON; rejects unless they were acknowledged. */
export async function sendMetrics(
  otlpUrl: string,
  service: string,
  metrics: readonly Metric[],
): Promise<void> {
  const resource = {
    attributes: toAttributes({ "service.name": service, "service.instance.id": `${service}-1` }),
  };
  const response = await fetch(`${otlpUrl}/v1/metrics`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

function times(index: number, count: number): Record<string, string> {
  const nowMillis = Date.now();
  const atMillis = nowMillis - (count - 1 - index) * STEP_SECONDS * 1000;
  return {
    startTimeUnixNano: `${nowMillis - count * STEP_SECONDS * 1000}000000`,
    timeUnixNano: `${atMillis}000000`,
  };
}

function toAttributes(
  attributes: Readonly<Record<string, string>>,
): { key: string; value: { stringValue: string } }[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
