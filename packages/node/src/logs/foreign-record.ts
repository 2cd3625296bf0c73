import { hrTimeToMilliseconds } from "@opentelemetry/core";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { ATTRIBUTE, type AttributeValue, LOKI_LIMIT, type Redactor } from "@sightline/core";
import type { LineRecord } from "@sightline/wire";
import { limitBody } from "./body-limit.ts";
import { flattenFields } from "./flatten-fields.ts";
import { addScope } from "./log-record.ts";

/**
 * A record that a library of the host made through the API of OpenTelemetry, as one of ours: limited
 * and without secrets. The name of its scope becomes that of the logger.
 */
export function toForeignLine(
  record: ReadableLogRecord,
  redactor: Redactor,
  nowMillis: number,
): LineRecord {
  const { spanContext, instrumentationScope } = record;
  // First as attributes: that knows the ones which hold a URL or a query alone.
  const masked = redactor.attributes(record.attributes);
  const { attributes, droppedCount } = flattenFields(masked, redactor);
  if (droppedCount > 0) attributes[ATTRIBUTE.fieldsDropped] = droppedCount;
  attributes[ATTRIBUTE.kind] = "log";
  attributes[ATTRIBUTE.loggerName] ??= redactor.text(instrumentationScope.name);
  addScope(attributes);
  const body = redactor.text(limitBody(bodyText(record.body, redactor), attributes));
  return {
    timeUnixMillis: storableTime(hrTimeToMilliseconds(record.hrTime), nowMillis, attributes),
    severityNumber: record.severityNumber ?? 0,
    severityText: redactor.text(record.severityText ?? "").slice(0, MAX_NAME_CHARACTERS),
    body,
    attributes,
    traceId: spanContext?.traceId,
    spanId: spanContext?.spanId,
    traceFlags: spanContext?.traceFlags,
    eventName: record.eventName && redactor.text(record.eventName).slice(0, MAX_NAME_CHARACTERS),
  };
}

const MAX_NAME_CHARACTERS = 64;

function bodyText(body: unknown, redactor: Redactor): string {
  if (typeof body === "string") return body;
  if (body === undefined || body === null) return "";
  return JSON.stringify(redactor.value(body)) ?? "";
}

/** The store refuses what is too old or too far ahead: that is stamped with now, its time kept beside. */
function storableTime(
  unixMillis: number,
  nowMillis: number,
  attributes: Record<string, AttributeValue>,
): number {
  const ageMillis = nowMillis - unixMillis;
  const { maxAgeMillis, maxFutureMillis } = LOKI_LIMIT;
  if (ageMillis < maxAgeMillis && -ageMillis < maxFutureMillis) return unixMillis;
  attributes[ATTRIBUTE.eventTs] = Math.floor(unixMillis);
  return nowMillis;
}
