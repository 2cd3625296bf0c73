import { parseDuration } from "@sightline/core";
import type { Labels, Sample } from "../case.ts";
import { parseGoNumber } from "./go-number.ts";
import { readGoString } from "./go-string.ts";
import type { FiringAlert } from "./promtool.ts";

/** What promtool says of one expectation of nothing that something was. */
export type PromFailure =
  | {
      readonly kind: "samples";
      readonly query: number;
      readonly atMillis: number;
      readonly samples: readonly Sample[];
    }
  | { readonly kind: "query-error"; readonly query: number; readonly message: string }
  | {
      readonly kind: "alerts";
      readonly name: string;
      readonly atMillis: number;
      readonly alerts: readonly FiringAlert[];
    }
  | { readonly kind: "error"; readonly message: string };

/** Texts of failures by the name of the case; a case without any is there with none. */
export function readJunit(xml: string): ReadonlyMap<string, readonly string[]> {
  const cases = new Map<string, readonly string[]>();
  const aborted = /<testsuite [^>]*><failure>(.*?)<\/failure>/s.exec(xml);
  if (aborted?.[1] !== undefined) throw new Error(`promtool: ${unescapeXml(aborted[1])}`);
  for (const [, name = "", body = ""] of xml.matchAll(
    /<testcase name="([^"]*)">(.*?)<\/testcase>/gs,
  )) {
    const failures = [...body.matchAll(/<failure>(.*?)<\/failure>/gs)];
    cases.set(
      unescapeXml(name),
      failures.map(([, text = ""]) => unescapeXml(text)),
    );
  }
  return cases;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

function unescapeXml(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9A-Fa-f]+)|#(\d+)|(amp|lt|gt|quot));/g,
    (_all, hex, dec, name) =>
      name
        ? (ENTITIES[name] ?? "")
        : String.fromCodePoint(Number.parseInt(hex ?? dec, hex ? 16 : 10)),
  );
}

/**
 * One failure's text, as cmd/promtool/unittest.go of Prometheus 3.16 writes it: `expr: %q, time: %s,`
 * with `got: {labels} value, ...` or `err: ...`; `alertname: %s, time: %s,` with a list of labels and
 * annotations; anything else is a fault of the case.
 */
export function parseFailure(text: string): PromFailure {
  const trimmed = text.trimStart();
  if (trimmed.startsWith("expr: ")) return parseExpression(trimmed);
  const alert = /alertname: (.*), time: ([^,\n]+), \n/.exec(text);
  if (alert?.[1] !== undefined && alert[2] !== undefined) {
    const atMillis = millisOf(alert[2]);
    return { kind: "alerts", name: alert[1], atMillis, alerts: parseAlerts(text) };
  }
  const rule = /rule: (.*), time: [^,]+, err: (.*)$/s.exec(text);
  // The file is ours, of this run alone, and has no more than these rules.
  const message = (rule?.[2] ?? trimmed)
    .trim()
    .replace(/^\S*rules-\d+\.yaml: (?:\d+:\d+: )?group "rules", rule \d+, /, "");
  return { kind: "error", message };
}

function parseExpression(text: string): PromFailure {
  const { value: expression, end } = readGoString(text, "expr: ".length);
  const [, number, at] = /#(\d+)@(\d+)$/.exec(expression) ?? [];
  const rest = text.slice(end);
  if (number === undefined) return { kind: "error", message: text };
  const query = Number(number);
  const error = /^, time: [^,]+, err: (.*)$/s.exec(rest)?.[1];
  if (error !== undefined) return { kind: "query-error", query, message: error };
  const got = /^[^\n]*\n\s*exp: nil\n\s*got: (.*)$/s.exec(rest)?.[1];
  if (got === undefined) return { kind: "query-error", query, message: rest.trim() };
  return { kind: "samples", query, atMillis: Number(at), samples: parseSamples(got) };
}

function parseSamples(text: string): Sample[] {
  const samples: Sample[] = [];
  let at = 0;
  while (at < text.length && text[at] === "{") {
    const { labels, end } = parseLabels(text, at);
    // A number, or a native histogram in braces: that has no one value.
    const rest = text.slice(end).match(/^ ([^,{\s]+)/);
    const value = rest?.[1] === undefined ? Number.NaN : parseGoNumber(rest[1]);
    samples.push({ labels, value });
    const next = text.indexOf(", {", end);
    at = next === -1 ? text.length : next + 2;
  }
  return samples;
}

function parseAlerts(text: string): FiringAlert[] {
  const alerts: FiringAlert[] = [];
  const got = text.slice(text.indexOf("got:"));
  let at = got.indexOf("Labels:");
  while (at !== -1) {
    const labels = parseLabels(got, at + "Labels:".length);
    const annotationsAt = got.indexOf("Annotations:", labels.end);
    const annotations = parseLabels(got, annotationsAt + "Annotations:".length);
    alerts.push({ labels: labels.labels, annotations: annotations.labels });
    at = got.indexOf("Labels:", annotations.end);
  }
  return alerts;
}

/** `{a="b", "c d"="e"}` */
function parseLabels(text: string, start: number): { labels: Labels; end: number } {
  const labels: Record<string, string> = {};
  let at = start + 1;
  while (at < text.length && text[at] !== "}") {
    const isQuoted = text[at] === '"';
    const equals = isQuoted ? readGoString(text, at).end : text.indexOf("=", at);
    const name = isQuoted ? readGoString(text, at).value : text.slice(at, equals);
    const { value, end } = readGoString(text, equals + 1);
    labels[name] = value;
    at = text.startsWith(", ", end) ? end + 2 : end;
  }
  return { labels, end: at + 1 };
}

function millisOf(text: string): number {
  const duration = parseDuration(text);
  if (duration.status === "invalid") throw new Error(`promtool wrote the time "${text}"`);
  return duration.millis;
}
