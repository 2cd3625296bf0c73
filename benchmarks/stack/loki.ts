const QUERY_TIMEOUT_MILLIS = 30_000;

/** One stored line, of whatever stream. */
export interface StoredLine {
  readonly service: string;
  readonly text: string;
}

/** Lines from a time on, oldest first, at most 5000. */
export async function queryLines(
  lokiUrl: string,
  selector: string,
  sinceMillis: number,
): Promise<StoredLine[]> {
  const answer = await get<{ result: { stream: Record<string, string>; values: string[][] }[] }>(
    `${lokiUrl}/loki/api/v1/query_range`,
    {
      query: selector,
      start: `${Math.floor(sinceMillis)}000000`,
      end: `${Date.now() + 60_000}000000`,
      limit: "5000",
      direction: "forward",
    },
  );
  return answer.result.flatMap(({ stream, values }) =>
    values.map(([, text = ""]) => ({ service: stream["service_name"] ?? "", text })),
  );
}

/** How many lines a selector finds, over `range` (Loki's spelling: `25h`) until now. */
export async function countLines(
  lokiUrl: string,
  selector: string,
  range: string,
): Promise<number> {
  const answer = await get<{ result: { value: [number, string] }[] }>(
    `${lokiUrl}/loki/api/v1/query`,
    { query: `sum(count_over_time(${selector}[${range}]))` },
  );
  return Number(answer.result[0]?.value[1] ?? 0);
}

async function get<T>(url: string, parameters: Record<string, string>): Promise<T> {
  const response = await fetch(`${url}?${new URLSearchParams(parameters)}`, {
    signal: AbortSignal.timeout(QUERY_TIMEOUT_MILLIS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Loki answered ${response.status} to ${url}: ${text}`);
  return (JSON.parse(text) as { data: T }).data;
}

/** Sum of all series of one metric on a `/metrics` page; 0 where there is none yet. */
export async function readMetric(metricsUrl: string, name: string, label = ""): Promise<number> {
  const response = await fetch(metricsUrl, { signal: AbortSignal.timeout(QUERY_TIMEOUT_MILLIS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${metricsUrl} answered ${response.status}`);
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
