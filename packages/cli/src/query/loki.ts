import { getJson, type QueryResult } from "./http-json.ts";

/** One stored line. `fields` holds its stream labels and structured metadata together. */
export interface LogEntry {
  /** Unix nanoseconds, as Loki writes them: too large for a number. */
  readonly timeNanos: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly line: string;
}

export interface RangeQuery {
  readonly query: string;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly limit: number;
  readonly direction: "forward" | "backward";
}

interface StreamsAnswer {
  data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
}
interface VectorAnswer {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

export interface VectorSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Lines, in the order of the direction asked for. https://grafana.com/docs/loki/latest/reference/loki-http-api/ */
export function queryLines(lokiUrl: string, range: RangeQuery): Promise<QueryResult<LogEntry[]>> {
  const parameters = {
    query: range.query,
    start: String(range.startNanos),
    end: String(range.endNanos),
    limit: String(range.limit),
    direction: range.direction,
  };
  return getJson(`${lokiUrl}/loki/api/v1/query_range`, parameters, (document) => {
    const entries = (document as StreamsAnswer).data.result.flatMap(({ stream, values }) =>
      values.map(([timeNanos, line]) => ({ timeNanos, line, fields: stream })),
    );
    const sign = range.direction === "forward" ? 1 : -1;
    return entries.sort((a, b) => sign * compareNanos(a.timeNanos, b.timeNanos));
  });
}

export function queryLokiVector(
  lokiUrl: string,
  query: string,
): Promise<QueryResult<VectorSample[]>> {
  return getJson(`${lokiUrl}/loki/api/v1/query`, { query }, readVector);
}

/** The values of a stream label in the last week: the services that ever sent, for example. */
export function queryLabelValues(lokiUrl: string, label: string): Promise<QueryResult<string[]>> {
  return getJson(
    `${lokiUrl}/loki/api/v1/label/${label}/values`,
    { since: "168h" },
    (document) => (document as { data?: string[] }).data ?? [],
  );
}

export function readVector(document: unknown): VectorSample[] {
  return (document as VectorAnswer).data.result.map(({ metric, value }) => ({
    labels: metric,
    value: Number(value[1]),
  }));
}

function compareNanos(a: string, b: string): number {
  return a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length;
}
