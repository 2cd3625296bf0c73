import { formatDuration } from "@sightline/core";
import type { LogSelector } from "../../spec/schema/alerts.ts";
import type { When } from "../../spec/when.ts";
import type { MessagePart } from "../model.ts";
import { words } from "./alert-form.ts";
import { escapeRegex } from "./label-names.ts";
import { queryDuration } from "./query-duration.ts";

export function nounOf({ kind }: LogSelector): MessagePart[] {
  const noun = kind === undefined || kind === "log" ? "line" : `${kind} record`;
  return [words(" "), { kind: "plural", one: noun, many: `${noun}s` }];
}

export function describeLines(log: LogSelector, when: When, windowMillis: number): MessagePart[] {
  const conditions = conditionsOf(log);
  const of = conditions.length === 0 ? "" : ` ${conditions.join(" and ")}`;
  const limit = `${LIMIT_WORDS[when.comparison]} ${when.amount}`;
  return [
    { kind: "value", format: "count" },
    ...nounOf(log),
    words(`${of} in ${formatDuration(windowMillis)}; it alerts at ${limit}.`),
  ];
}

const LIMIT_WORDS: Readonly<Record<When["comparison"], string>> = {
  above: "more than",
  "at-least": "at least",
  below: "fewer than",
  "at-most": "at most",
};

function conditionsOf(log: LogSelector): string[] {
  if (log.query !== undefined) return [`of ${log.query.trim()}`];
  const quoted = (texts: readonly string[]): string =>
    texts.map((text) => `"${text}"`).join(" or ");
  return [
    log.contains === undefined ? undefined : `with ${quoted(log.contains)}`,
    log.without === undefined ? undefined : `without ${quoted(log.without)}`,
    log.matches === undefined ? undefined : `that match /${log.matches}/`,
    log.severity === undefined ? undefined : `of severity ${log.severity} or worse`,
    ...Object.entries(log.fields ?? {}).map(([name, value]) => `with ${name}=${value}`),
  ].filter((condition) => condition !== undefined);
}

/** `sightline logs` knows fewer filters than an alert: it shows these lines and perhaps others. */
export function logsCommandParts(
  log: LogSelector,
  service: MessagePart | undefined,
  windowMillis: number,
): MessagePart[] | undefined {
  if (log.query !== undefined) return undefined;
  const grep = log.matches ?? log.contains?.map(escapeRegex).join("|");
  const option = (name: string, value: string | undefined): MessagePart[] =>
    value === undefined
      ? []
      : [words(` --${name} `), { kind: "shell-word", parts: [words(value)] }];
  const isOne = log.service === undefined || log.service.length === 1;
  return [
    words("sightline logs"),
    ...(service === undefined || !isOne
      ? []
      : [words(" "), { kind: "shell-word" as const, parts: [service] }]),
    words(` --since ${queryDuration(Math.max(windowMillis, 3_600_000))}`),
    ...option("grep", grep),
    ...option("severity", log.severity),
    ...option("host", log.host),
    ...option("environment", log.environment),
    ...option("kind", log.kind),
  ];
}
