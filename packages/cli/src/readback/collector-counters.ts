import { type Context, serverUrl } from "../context.ts";
import { sendHttp } from "../stack/http.ts";

/** Undefined where the collector does not answer. */
export async function readCollectorCounters(
  context: Context,
): Promise<Map<string, number> | undefined> {
  const url = `${serverUrl(context, "collector_metrics")}/metrics`;
  const answer = await sendHttp({ url, timeoutMillis: 3_000 });
  if (answer.status !== "answered" || answer.code !== 200) return undefined;
  return sumMetrics(answer.body);
}

/**
 * Sums of metrics by name, without the `_total` that some versions add; where a series has a
 * `data_type`, its sum stands under `<name>:<data_type>` too.
 */
export function sumMetrics(exposition: string): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (key: string, value: number): void =>
    void sums.set(key, (sums.get(key) ?? 0) + value);
  for (const line of exposition.split("\n")) {
    const match = /^([a-zA-Z_:][\w:]*)(\{.*\})? (\S+)/.exec(line);
    const value = Number(match?.[3]);
    if (!match || !Number.isFinite(value)) continue;
    const name = (match[1] as string).replace(/_total$/, "");
    const dataType = /[{,]data_type="(\w+)"/.exec(match[2] ?? "")?.[1];
    add(name, value);
    if (dataType) add(`${name}:${dataType}`, value);
  }
  return sums;
}
