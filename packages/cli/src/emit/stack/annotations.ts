import { ANNOTATION } from "@sightline/core";
import { renderParts } from "../../compile/messages/render-parts.ts";
import type { AlertRule, MessagePart } from "../../compile/model.ts";

/** The texts of a message as templates of the engine that runs the rule, sorted by name. */
export function renderAnnotations(rule: AlertRule): Readonly<Record<string, string>> {
  const { message, source } = rule;
  const all: Record<string, readonly MessagePart[]> = {
    [ANNOTATION.summary]: message.summary,
    [ANNOTATION.description]: message.description,
    ...message.annotations,
  };
  const texts = Object.entries(all)
    .map(([name, parts]) => [name, renderParts(parts, source, rule)] as const)
    .filter(([, text]) => text !== "")
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(texts);
}
