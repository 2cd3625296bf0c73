import { ATTRIBUTE, EVENT_NAME, FARO, METRIC, SEVERITY } from "@sightline/core";
import type { FaroEvent } from "../faro/faro-payload.ts";
import type { LineParts } from "./draft.ts";

/** How an event of a known name is told; others are told by their name and what they carry. */
interface EventKind {
  readonly eventName: string;
  readonly isFailure?: boolean;
  readonly body: (event: FaroEvent) => string;
}

/** To add one, add a row. */
const EVENTS: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  [
    FARO.event.navigation,
    {
      eventName: EVENT_NAME.browserNavigation,
      body: (event) =>
        words("navigation", first(event, ATTRIBUTE.browserRoute, ATTRIBUTE.urlPath), event),
    },
  ],
  [
    FARO.event.userAction,
    {
      eventName: EVENT_NAME.browserUserAction,
      body: (event) => words("click", first(event, ATTRIBUTE.element), event),
    },
  ],
  [
    FARO.event.requestFailed,
    { eventName: EVENT_NAME.browserRequestFailed, isFailure: true, body: failedRequest },
  ],
]);

export function toEventLine(event: FaroEvent): LineParts {
  const kind = EVENTS.get(event.name);
  return {
    severityNumber: kind?.isFailure === true ? SEVERITY.WARN : SEVERITY.INFO,
    severityText: kind?.isFailure === true ? "warn" : "info",
    body: kind === undefined ? anyEvent(event) : kind.body(event),
    attributes: Object.fromEntries(event.attributes),
    ...(kind === undefined ? {} : { eventName: kind.eventName }),
  };
}

function first({ attributes }: FaroEvent, ...names: readonly string[]): string {
  const name = names.find((candidate) => attributes.has(candidate));
  return name === undefined ? "" : String(attributes.get(name));
}

/** The event's own words, or where it has none what a page of another make says of it. */
function words(name: string, said: string, event: FaroEvent): string {
  return said === "" ? anyEvent({ ...event, name }) : `${name} ${said}`;
}

function failedRequest(event: FaroEvent): string {
  const method = first(event, ATTRIBUTE.httpRequestMethod) || "request";
  const address = first(
    event,
    ATTRIBUTE.urlTemplate,
    ATTRIBUTE.urlFull,
    ATTRIBUTE.urlPath,
    ATTRIBUTE.serverAddress,
  );
  const why = first(event, ATTRIBUTE.httpResponseStatusCode, ATTRIBUTE.errorType) || "no answer";
  const seconds = first(event, METRIC.httpClientRequestDuration);
  const head = address === "" ? method : `${method} ${address}`;
  return `${head} failed: ${why}${seconds === "" ? "" : ` after ${seconds} s`}`;
}

/** Its name, with what it carries as `name=value`. */
function anyEvent({ name, context, attributes }: FaroEvent): string {
  const own = Object.entries(context === undefined ? {} : (JSON.parse(context) as object));
  const pairs = [...attributes, ...own].map(([key, value]) => `${key}=${value}`);
  return [name, ...pairs].join(" ");
}
