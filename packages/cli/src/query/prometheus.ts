import { getJson, type QueryResult } from "./http-json.ts";
import { readVector, type VectorSample } from "./loki.ts";

export function queryPrometheus(
  prometheusUrl: string,
  query: string,
): Promise<QueryResult<VectorSample[]>> {
  return getJson(`${prometheusUrl}/api/v1/query`, { query }, readVector);
}

/** The one number of a query that gives one; undefined where there is no such series yet, or NaN. */
export async function queryNumber(
  prometheusUrl: string,
  query: string,
): Promise<number | undefined> {
  const result = await queryPrometheus(prometheusUrl, query);
  const value = result.status === "ok" ? result.value[0]?.value : undefined;
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
