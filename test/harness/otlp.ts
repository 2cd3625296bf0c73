/** Sends log lines to a collector as OTLP/HTTP JSON; rejects unless they were acknowledged. */
export async function sendLines(
  otlpUrl: string,
  service: string,
  lines: readonly {
    readonly text: string;
    readonly severityNumber?: number;
    readonly attributes?: Readonly<Record<string, string>>;
  }[],
): Promise<void> {
  const nowNanos = BigInt(Date.now()) * 1_000_000n;
  const logRecords = lines.map(({ text, severityNumber = 9, attributes = {} }, index) => ({
    timeUnixNano: String(nowNanos + BigInt(index)),
    severityNumber,
    severityText: severityNumber >= 17 ? "ERROR" : "INFO",
    body: { stringValue: text },
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({
      key,
      value: { stringValue },
    })),
  }));
  const resource = { attributes: [{ key: "service.name", value: { stringValue: service } }] };
  const response = await fetch(`${otlpUrl}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** Every stored line of a service in the last hour, oldest first, with its fields. */
export async function readLines(
  lokiUrl: string,
  service: string,
): Promise<{ line: string; fields: Record<string, string> }[]> {
  const query = new URLSearchParams({
    query: `{service_name="${service}"}`,
    since: "1h",
    limit: "20000",
    direction: "forward",
  });
  const response = await fetch(`${lokiUrl}/loki/api/v1/query_range?${query}`);
  const answer = (await response.json()) as {
    data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
  };
  return answer.data.result.flatMap(({ stream, values }) =>
    values.map(([, line]) => ({ line, fields: stream })),
  );
}
