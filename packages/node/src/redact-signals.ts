import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { ATTRIBUTE, type Redactor } from "@sightline/core";

/** A view of a span without secrets: paths with names in them, errors that quote what failed. */
export function redactSpan(span: ReadableSpan, redactor: Redactor): ReadableSpan {
  const { message } = span.status;
  return overlay(span, {
    name: redactor.text(span.name),
    attributes: redactAttributes(span.attributes, redactor),
    events: span.events.map((event) => ({
      ...event,
      ...(event.attributes && { attributes: redactAttributes(event.attributes, redactor) }),
    })),
    links: span.links.map((link) => ({
      ...link,
      ...(link.attributes && { attributes: redactAttributes(link.attributes, redactor) }),
    })),
    status:
      message === undefined ? span.status : { ...span.status, message: redactor.text(message) },
  });
}

function redactAttributes(attributes: Attributes, redactor: Redactor): Attributes {
  const known: Attributes = {};
  const others: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    const redact = KNOWN_NAMES.get(name);
    if (redact === undefined) others[name] = value;
    else known[name] = typeof value === "string" ? redact(redactor, value) : value;
  }
  return Object.keys(others).length === 0 ? known : { ...known, ...redactOthers(others, redactor) };
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

/** Shows other values for some properties and changes nothing: a host may still hold the original. */
function overlay<T extends object>(original: T, values: object): T {
  const properties = Object.entries(values).map(([name, value]) => [name, { value }]);
  return Object.create(original, Object.fromEntries(properties)) as T;
}
