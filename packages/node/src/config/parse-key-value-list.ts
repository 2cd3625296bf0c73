export type KeyValueList = {
  readonly values: Readonly<Record<string, string>>;
  /** Counted from 1. */
  readonly faultyPositions: readonly number[];
};

/**
 * Parses `key=value,key=value` with percent-encoded values, the form of `OTEL_RESOURCE_ATTRIBUTES`
 * and `OTEL_EXPORTER_OTLP_HEADERS` (W3C Baggage without properties). A pair that cannot be read is
 * left out alone; the SDK of OpenTelemetry would drop the whole list.
 */
export function parseKeyValueList(text: string): KeyValueList {
  const values: Record<string, string> = Object.create(null);
  const faultyPositions: number[] = [];
  for (const [index, pair] of text.split(",").entries()) {
    if (pair.trim() === "") continue;
    const parsed = parsePair(pair);
    if (parsed === undefined) faultyPositions.push(index + 1);
    else values[parsed.key] = parsed.value;
  }
  return { values: { ...values }, faultyPositions };
}

function parsePair(pair: string): { key: string; value: string } | undefined {
  const at = pair.indexOf("=");
  if (at < 1) return undefined;
  try {
    const key = decodeURIComponent(pair.slice(0, at).trim());
    return key === "" ? undefined : { key, value: decodeURIComponent(pair.slice(at + 1).trim()) };
  } catch {
    return undefined;
  }
}
