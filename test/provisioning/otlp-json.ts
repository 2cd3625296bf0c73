/** Attributes as OTLP/JSON spells them. */
export function attributesOf(
  values: Readonly<Record<string, string>>,
): { key: string; value: { stringValue: string } }[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

/** Posts JSON; rejects unless it was acknowledged. */
export async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
}

export interface StoredLine {
  readonly line: string;
  readonly timeMillis: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** Every line that Loki has of the last ten days and the next hour. */
export async function storedLines(lokiUrl: string): Promise<StoredLine[]> {
  const address = `${lokiUrl}/loki/api/v1/query_range?${new URLSearchParams({
    query: '{kind=~".+"}',
    start: String(Date.now() / 1_000 - 10 * 86_400),
    end: String(Date.now() / 1_000 + 3_600),
    limit: "5000",
  })}`;
  const answer = (await (await fetch(address)).json()) as {
    data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
  };
  return answer.data.result.flatMap(({ stream, values }) =>
    values.map(([nanos, line]) => ({
      line,
      timeMillis: Number(BigInt(nanos) / 1_000_000n),
      fields: stream,
    })),
  );
}

/** The streams that match, by their labels alone. */
export async function readSeries(
  lokiUrl: string,
  selector: string,
): Promise<Record<string, string>[]> {
  const address = `${lokiUrl}/loki/api/v1/series?${new URLSearchParams({ "match[]": selector })}`;
  return ((await (await fetch(address)).json()) as { data: Record<string, string>[] }).data;
}
