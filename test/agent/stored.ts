/** What Loki answers to queries over everything that a test has stored. */
const QUERY_TIMEOUT_MILLIS = 60_000;
/** `max_entries_limit_per_query` of provisioning/loki/config.yaml. */
const MAX_ENTRIES = 20_000;

export interface StoredRecord {
  readonly nanos: bigint;
  readonly text: string;
  /** Stream labels and structured metadata. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface TimeRange {
  readonly fromMillis: number;
  readonly toMillis: number;
}

/** Every record of a selector in a range. A range that holds too many is asked for in halves. */
export async function readRecords(
  lokiUrl: string,
  selector: string,
  range: TimeRange,
): Promise<StoredRecord[]> {
  const all: StoredRecord[] = [];
  for await (const page of pages(lokiUrl, selector, toNanos(range))) all.push(...page);
  return all.sort((a, b) => (a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0));
}

/** The same a page at a time, in no particular order. */
export async function forEachRecord(
  lokiUrl: string,
  selector: string,
  range: TimeRange,
  use: (record: StoredRecord) => void,
): Promise<void> {
  for await (const page of pages(lokiUrl, selector, toNanos(range))) page.forEach(use);
}

/** Records of the selector, by service. */
export async function countRecords(
  lokiUrl: string,
  selector: string,
  { fromMillis, toMillis }: TimeRange,
): Promise<number> {
  const seconds = Math.max(1, Math.ceil((toMillis - fromMillis) / 1000));
  const answer = await get<{ result: { value: [number, string] }[] }>(
    `${lokiUrl}/loki/api/v1/query`,
    {
      query: `sum(count_over_time(${selector}[${seconds}s]))`,
      time: String(toMillis / 1000),
    },
  );
  return Number(answer.result[0]?.value[1] ?? 0);
}

interface NanoRange {
  readonly from: bigint;
  readonly to: bigint;
}

const toNanos = ({ fromMillis, toMillis }: TimeRange): NanoRange => ({
  from: BigInt(Math.floor(fromMillis)) * 1_000_000n,
  to: BigInt(Math.ceil(toMillis)) * 1_000_000n,
});

async function* pages(
  lokiUrl: string,
  selector: string,
  range: NanoRange,
): AsyncGenerator<StoredRecord[]> {
  const waiting = [range];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { from, to } = next;
    const page = await readPage(lokiUrl, selector, next);
    if (page.length < MAX_ENTRIES) {
      yield page;
      continue;
    }
    if (to - from <= 1n) throw new Error(`more than ${MAX_ENTRIES} records in one nanosecond`);
    const middle = from + (to - from) / 2n;
    waiting.push({ from: middle, to }, { from, to: middle });
  }
}

async function readPage(
  lokiUrl: string,
  query: string,
  { from, to }: NanoRange,
): Promise<StoredRecord[]> {
  const answer = await get<{
    result: { stream: Record<string, string>; values: [string, string][] }[];
  }>(`${lokiUrl}/loki/api/v1/query_range`, {
    query,
    start: String(from),
    end: String(to),
    limit: String(MAX_ENTRIES),
    direction: "forward",
  });
  return answer.result.flatMap(({ stream, values }) =>
    values.map(([nanos, text]) => ({ nanos: BigInt(nanos), text, fields: stream })),
  );
}

async function get<T>(url: string, parameters: Record<string, string>): Promise<T> {
  const response = await fetch(`${url}?${new URLSearchParams(parameters)}`, {
    signal: AbortSignal.timeout(QUERY_TIMEOUT_MILLIS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Loki answered ${response.status} to ${url}: ${text}`);
  return (JSON.parse(text) as { data: T }).data;
}
