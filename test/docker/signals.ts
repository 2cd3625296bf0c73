/** Sends one gauge point as OTLP/HTTP JSON; rejects unless it was acknowledged. */
export async function sendGauge(
  otlpUrl: string,
  service: string,
  name: string,
  value: number,
): Promise<void> {
  const dataPoints = [{ timeUnixNano: nowNanos(), asDouble: value }];
  const scopeMetrics = [{ metrics: [{ name, gauge: { dataPoints } }] }];
  const body = { resourceMetrics: [{ resource: resourceOf(service), scopeMetrics }] };
  await post(`${otlpUrl}/v1/metrics`, body);
}

/** Sends spans of one trace as OTLP/HTTP JSON; rejects unless they were acknowledged. */
export async function sendSpans(otlpUrl: string, service: string, count: number): Promise<void> {
  const time = nowNanos();
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: (index + 1).toString(16).padStart(16, "0"),
    name: "GET /",
    kind: 2,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
  }));
  const body = { resourceSpans: [{ resource: resourceOf(service), scopeSpans: [{ spans }] }] };
  await post(`${otlpUrl}/v1/traces`, body);
}

/** The newest value of one series within the last hour; nothing if there is none. */
export async function readGauge(
  prometheusUrl: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  return query(prometheusUrl, `last_over_time(${selector(name, labels)}[1h])`);
}

/** The sum of a counter over all its series; nothing if there is none. */
export async function readCounter(
  prometheusUrl: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  return query(prometheusUrl, `sum(${selector(name, labels)})`);
}

function selector(name: string, labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${matchers.join(",")}}`;
}

async function query(prometheusUrl: string, promql: string): Promise<number | undefined> {
  const address = `${prometheusUrl}/api/v1/query?${new URLSearchParams({ query: promql })}`;
  const response = await fetch(address, { signal: AbortSignal.timeout(5_000) });
  const answer = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  const value = answer.data.result[0]?.value[1];
  return value === undefined ? undefined : Number(value);
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
}

function resourceOf(service: string): {
  attributes: { key: string; value: { stringValue: string } }[];
} {
  return { attributes: [{ key: "service.name", value: { stringValue: service } }] };
}

function nowNanos(): string {
  return String(BigInt(Date.now()) * 1_000_000n);
}
