const MAX_LINES = 20_000;
const TIMEOUT_MILLIS = 30_000;

export type StoredLife = {
  readonly lines: number;
  readonly doubled: number;
  readonly verdicts: readonly string[];
};

/** Numbered lines of one run, and verdicts of the crash records of its service. */
export async function readStored(
  lokiUrl: string,
  service: string,
  run: string,
): Promise<StoredLife> {
  const streams = await query(lokiUrl, `{service_name="${service}"}`);
  const seen = new Map<string, number>();
  const verdicts: string[] = [];
  const pattern = new RegExp(`run ${run} line (\\d+) `);
  for (const { stream, values } of streams) {
    if (stream["kind"] === "crash") verdicts.push(...values.map(() => stream["verdict"] ?? "none"));
    // Other records may quote the line that they tell of.
    const isLine = (stream["kind"] ?? "log") === "log";
    for (const [, text = ""] of isLine ? values : []) {
      const number = pattern.exec(text)?.[1];
      if (number !== undefined) seen.set(number, (seen.get(number) ?? 0) + 1);
    }
  }
  return {
    lines: seen.size,
    doubled: [...seen.values()].filter((times) => times > 1).length,
    verdicts: verdicts.toSorted(),
  };
}

type Stream = { readonly stream: Record<string, string>; readonly values: readonly string[][] };

async function query(lokiUrl: string, selector: string): Promise<readonly Stream[]> {
  const parameters = new URLSearchParams({
    query: selector,
    since: "1h",
    limit: String(MAX_LINES),
    direction: "forward",
  });
  const response = await fetch(`${lokiUrl}/loki/api/v1/query_range?${parameters}`, {
    signal: AbortSignal.timeout(TIMEOUT_MILLIS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Loki answered ${response.status}: ${text.slice(0, 300)}`);
  return (JSON.parse(text) as { data: { result: Stream[] } }).data.result;
}
