import { ATTRIBUTE, type AttributeValue, EVENT_NAME, FARO, SEVERITY } from "@sightline/core";
import type { FaroEvent } from "../faro/faro-payload.ts";
import type { LineParts } from "./draft.ts";

/** How an event of a known name is told; others are told by their name and what they carry. */
interface EventKind {
  readonly eventName: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: (event: FaroEvent) => string;
}

const QUIET = { severityNumber: SEVERITY.INFO, severityText: "info" } as const;

const KINDS: Readonly<Record<string, EventKind>> = {
  [FARO.event.navigation]: {
    ...QUIET,
    eventName: EVENT_NAME.browserNavigation,
    body: (event) => withContext("navigation", event),
  },
  [FARO.event.userAction]: {
    ...QUIET,
    eventName: EVENT_NAME.browserUserAction,
    body: (event) => withContext("click", event),
  },
  [FARO.event.requestFailed]: {
    severityNumber: SEVERITY.WARN,
    severityText: "warn",
    eventName: EVENT_NAME.browserRequestFailed,
    body: requestFailed,
  },
};

export function toEventLine(event: FaroEvent): LineParts {
  const kind = Object.hasOwn(KINDS, event.name) ? KINDS[event.name] : undefined;
  const attributes = toAttributes(event);
  if (kind === undefined) {
    return { ...QUIET, body: withContext(event.name, event), attributes };
  }
  const { eventName, severityNumber, severityText } = kind;
  return { eventName, severityNumber, severityText, body: kind.body(event), attributes };
}

function requestFailed({ attributes }: FaroEvent): string {
  const method = attributes.get(ATTRIBUTE.httpRequestMethod) ?? "request";
  const address =
    attributes.get(ATTRIBUTE.urlTemplate) ??
    attributes.get(ATTRIBUTE.urlFull) ??
    attributes.get(ATTRIBUTE.urlPath) ??
    attributes.get(ATTRIBUTE.serverAddress) ??
    "";
  const status = attributes.get(ATTRIBUTE.httpResponseStatusCode);
  const why = status ?? attributes.get(ATTRIBUTE.errorType) ?? "no answer";
  return `${method} ${address} failed: ${why}`.replace("  ", " ");
}

/** The figures and words of an event behind its name, as `name=value`. */
function withContext(name: string, { context, attributes }: FaroEvent): string {
  const own = Object.entries(context === undefined ? {} : (JSON.parse(context) as object));
  const pairs = [...attributes, ...own].map(([key, value]) => `${key}=${value}`);
  return [name, ...pairs].join(" ");
}

/** Figures of the conventions as figures, so that they can be compared. */
const NUMERIC: ReadonlySet<string> = new Set([
  ATTRIBUTE.httpResponseStatusCode,
  ATTRIBUTE.serverPort,
]);

function toAttributes({ attributes }: FaroEvent): Record<string, AttributeValue> {
  const out: Record<string, AttributeValue> = {};
  for (const [name, text] of attributes) {
    const number = NUMERIC.has(name) ? Number(text) : Number.NaN;
    out[name] = Number.isSafeInteger(number) ? number : text;
  }
  return out;
}
