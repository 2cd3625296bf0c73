import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { ATTRIBUTE, type Redactor } from "@sightline/core";

/**
 * A copy of a span without secrets: paths with names in them, errors that quote what failed. The span
 * itself stays as it is, since a host may still hold it. A plain object with all fields: one that
 * inherits from the span costs several times as much to make and to read, and V8 keeps a shape of each.
 */
export function redactSpan(span: ReadableSpan, redactor: Redactor): ReadableSpan {
  const { status } = span;
  const context = span.spanContext();
  return {
    name: redactor.text(span.name),
    kind: span.kind,
    spanContext: () => context,
    ...(span.parentSpanContext && { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    status:
      status.message === undefined ? status : { ...status, message: redactor.text(status.message) },
    attributes: redactAttributes(span.attributes, redactor),
    links: span.links.length === 0 ? span.links : redactParts(span.links, redactor),
    events: span.events.length === 0 ? span.events : redactParts(span.events, redactor),
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

function redactParts<T extends { attributes?: Attributes }>(parts: T[], redactor: Redactor): T[] {
  return parts.map((part) => ({
    ...part,
    ...(part.attributes && { attributes: redactAttributes(part.attributes, redactor) }),
  }));
}

function redactAttributes(attributes: Attributes, redactor: Redactor): Attributes {
  const known: Attributes = {};
  let others: Attributes | undefined;
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    const redact = KNOWN_NAMES.get(name);
    if (redact === undefined) {
      others ??= {};
      others[name] = value;
    } else known[name] = typeof value === "string" ? redact(redactor, value) : value;
  }
  return others === undefined ? known : { ...known, ...redactOthers(others, redactor) };
}

type RedactText = (redactor: Redactor, text: string) => string;

const asText: RedactText = (redactor, text) => redactor.text(text);
const asUrl: RedactText = (redactor, url) => redactor.url(url);

/**
 * What every HTTP span has. Their names are no secret keys, so that looking at the value is enough:
 * the redactor's walk over keys and values costs several times as much.
 */
const KNOWN_NAMES: ReadonlyMap<string, RedactText> = new Map([
  [ATTRIBUTE.httpRequestMethod, asText],
  [ATTRIBUTE.httpResponseStatusCode, asText],
  [ATTRIBUTE.httpRoute, asText],
  [ATTRIBUTE.urlScheme, asText],
  [ATTRIBUTE.urlPath, asUrl],
  [ATTRIBUTE.urlFull, asUrl],
  [ATTRIBUTE.networkProtocolVersion, asText],
  [ATTRIBUTE.serverAddress, asText],
  [ATTRIBUTE.serverPort, asText],
  [ATTRIBUTE.errorType, asText],
]);

function redactOthers(attributes: Attributes, redactor: Redactor): Attributes {
  const masked: Attributes = redactor.attributes(attributes);
  const names = Object.keys(attributes).filter((name) => Array.isArray(attributes[name]));
  if (names.length === 0) return masked;
  // The redactor writes a list as JSON text, but to OpenTelemetry a list is a value like others.
  const values = redactor.value(attributes) as Attributes;
  const lists = names.map((name) => [name, values[name]]);
  return { ...masked, ...Object.fromEntries(lists) };
}
