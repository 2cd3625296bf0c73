import { ALERT_LABEL } from "@sightline/core";
import type { Replacement } from "./markup.ts";

/** Controls, and marks that turn the direction of writing: they make a text look like another. */
const CONTROLS =
  "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\x{061c}\\x{200e}\\x{200f}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}\\x{feff}]";

export const goString = (text: string) =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;

export const replace = ([pattern, replacement]: Replacement) =>
  `reReplaceAll ${goString(pattern)} ${goString(replacement)}`;

/** A Go template pipeline that cuts to so many characters, and says so. */
export function shorten(expression: string, max: number): string {
  return `${expression} | ${replace([`(?s)^(.{${max}}).+$`, "${1}…"])}`;
}

/** One line, without what cannot be seen. */
export function oneLine(expression: string): string {
  return `${expression} | ${replace(["\\s+", " "])} | ${replace([CONTROLS, ""])}`;
}

export function manyLines(expression: string): string {
  return `${expression} | ${replace([CONTROLS, ""])} | trimSpace`;
}

/**
 * Sets a variable to an address without what addresses are not made of; to an empty text where it is
 * no web address. An @ is written in another way: in some chats it wakes people, also in an address.
 */
export function setWebAddress(variable: string, expression: string): string {
  const cleaned = `${expression} | ${replace(["[^!#$%&*+,./0-9:;=?@A-Z_a-z~-]", ""])} | ${replace(["@", "%40"])}`;
  return `{{ ${variable} := ${cleaned} }}{{ if not (match "^https?://[^/]" ${variable}) }}{{ ${variable} = "" }}{{ end }}`;
}

export const annotation = (name: string) => `(index .Annotations ${goString(name)})`;
export const label = (name: string) => `(index .Labels ${goString(name)})`;

/** The alerts that a message is about: the firing ones, or those that are over. */
export const SHOWN =
  "{{ $shown := .Alerts.Resolved }}{{ if .Alerts.Firing }}{{ $shown = .Alerts.Firing }}{{ end }}";

/** [CRITICAL], [WARNING ×3], [RESOLVED]. */
export function statusWords(shown: string): string {
  const severity = `(index .CommonLabels ${goString(ALERT_LABEL.severity)})`;
  const count = `{{ if gt (len ${shown}) 1 }} ×{{ len ${shown} }}{{ end }}`;
  // Letters alone: a severity of the user stands beside brackets that have a meaning in markups.
  const word = `{{ with (${severity} | ${replace(["[^A-Za-z]", ""])}) }}{{ . | toUpper }}{{ else }}FIRING{{ end }}`;
  return `{{ if eq .Status "firing" }}${word}${count}{{ else }}RESOLVED${count}{{ end }}:`;
}
