import { factRefId, REF_ID } from "../../emit/grafana/ref-ids.ts";
import type { AlertRule, Fact, MessagePart, ValueFormat } from "../model.ts";
import { goLiteral, goString, wellFormed } from "./go-template.ts";

/**
 * Who expands the template. Rules of Prometheus and of the Loki ruler may ask their own store by
 * `query`; Grafana cannot (its `query` answers nothing) and reads what the rule's own queries found.
 * Proven on Prometheus 3.16, Loki 3.7.8 and Grafana 10.4.3: none of them escapes for HTML, and what a
 * label or a line contains is never read as a template again.
 */
export type TemplateEngine = "prometheus" | "loki" | "grafana";

/** A text as the Go template that the engine of the rule expands when it fires. */
export function renderParts(
  parts: readonly MessagePart[],
  engine: TemplateEngine,
  rule: Pick<AlertRule, "by" | "message">,
): string {
  const scope: Scope = { engine, by: rule.by, facts: rule.message.facts };
  return parts.map((part) => renderPart(part, scope)).join("");
}

interface Scope {
  readonly engine: TemplateEngine;
  readonly by: readonly string[];
  readonly facts: readonly Fact[];
}

function renderPart(part: MessagePart, scope: Scope): string {
  switch (part.kind) {
    case "text":
      return goLiteral(part.text);
    case "template":
      return scope.engine === "grafana" ? withOneValue(part.text) : part.text;
    case "label":
      return `{{ ${labelOf(part.name, scope.engine)} }}`;
    case "plural": {
      const choice = (value: string): string =>
        `{{ if eq ${value} 1.0 }}${goLiteral(part.one)}{{ else }}${goLiteral(part.many)}{{ end }}`;
      return scope.engine === "grafana"
        ? `{{ with $values.${REF_ID.value} }}${choice(".Value")}{{ end }}`
        : choice("$value");
    }
    case "value":
      return scope.engine === "grafana"
        ? `{{ with $values.${REF_ID.value} }}${formatted(".Value", part.format)}{{ end }}`
        : formatted("$value", part.format);
    case "fact":
      return renderFact(part, scope);
    case "quoted":
    case "url":
    case "shell-word":
      return renderNested(part, scope);
  }
}

/**
 * `$value` is a number in Prometheus and Loki, and in Grafana a text of all steps, labels and values:
 * there it becomes what it is elsewhere, the figure of the query.
 */
function withOneValue(template: string): string {
  if (!/\$value\b/.test(template)) return template;
  return `{{ $value := $values.${REF_ID.value}.Value }}${template}`;
}

/**
 * As `$labels.x` only where that is a name: labels may have any characters. Not in Grafana: there a
 * label that is missing is printed as `[no value]`, and as `%!q(<nil>)` in an address; `index` gives an
 * empty text, as Prometheus does.
 */
function labelOf(name: string, engine: TemplateEngine): string {
  return engine !== "grafana" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? `$labels.${name}`
    : `(index $labels ${goString(name)})`;
}

function renderNested(part: Nested, scope: Scope): string {
  const { parts } = part;
  // Known already: nothing is left for the engine to do.
  const text = plainText(part);
  if (text !== undefined) return goLiteral(text);
  const hasFigure = parts.some(isFigure);
  if (!hasFigure) return `{{ ${expressionOf(part, scope.engine)} }}`;
  if (part.kind !== "url") throw new Error(`a figure cannot stand in a ${part.kind}`);
  // A figure cannot be asked for inside an expression, and its digits need no encoding.
  return parts
    .map((inner) =>
      isFigure(inner)
        ? renderPart(inner, scope)
        : renderNested({ kind: part.kind, parts: [inner] }, scope),
    )
    .join("");
}

function isFigure({ kind }: MessagePart): boolean {
  return kind === "fact" || kind === "value";
}

type Nested = Extract<MessagePart, { readonly parts: readonly MessagePart[] }>;

function isNested(part: MessagePart): part is Nested {
  return part.kind === "quoted" || part.kind === "url" || part.kind === "shell-word";
}

function plainText(part: MessagePart): string | undefined {
  if (part.kind === "text") return part.text;
  if (!isNested(part)) return undefined;
  const texts = part.parts.map(plainText);
  if (texts.some((text) => text === undefined)) return undefined;
  const text = texts.join("");
  if (part.kind === "quoted") return goString(text);
  return part.kind === "url" ? encodeURIComponent(wellFormed(text)) : shellWord(text);
}

function expressionOf(part: MessagePart, engine: TemplateEngine): string {
  const text = plainText(part);
  if (text !== undefined) return goString(text);
  if (part.kind === "label") return labelOf(part.name, engine);
  if (!isNested(part)) throw new Error(`a ${part.kind} cannot stand in an expression`);
  const inner = joined(part.parts, engine);
  if (part.kind === "quoted") return `printf "%q" ${inner}`;
  // A plus is a space only behind a "?", and Alertmanager's links have a "#" before it.
  if (part.kind === "url") return `reReplaceAll "\\\\+" "%20" (urlquery ${inner})`;
  return `print "'" (reReplaceAll "'" "'\\\\''" ${inner}) "'"`;
}

/** In Go templates `print` puts no spaces between texts. */
function joined(parts: readonly MessagePart[], engine: TemplateEngine): string {
  const merged: MessagePart[] = [];
  for (const part of parts) {
    const text = plainText(part);
    const last = merged.at(-1);
    if (text !== undefined && last?.kind === "text") {
      merged[merged.length - 1] = { kind: "text", text: `${last.text}${text}` };
    } else merged.push(text === undefined ? part : { kind: "text", text });
  }
  const expressions = merged.map((it) => group(expressionOf(it, engine)));
  return expressions.length === 1 ? expressions.join("") : `(print ${expressions.join(" ")})`;
}

function group(expression: string): string {
  return /^(\$[\w.]+|"([^"\\]|\\.)*")$/s.test(expression) ? expression : `(${expression})`;
}

export function shellWord(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

type FactPart = Extract<MessagePart, { readonly kind: "fact" }>;

function renderFact({ name, isOneLine }: FactPart, scope: Scope): string {
  const fact = scope.facts.find((it) => it.name === name);
  if (fact === undefined) throw new Error(`the message speaks of "${name}", which is no fact`);
  const text = (label: string): string =>
    isOneLine ? `{{ reReplaceAll "\\\\s+" " " ${label} }}` : `{{ ${label} }}`;
  return scope.engine === "grafana" ? readFromValues(fact, text) : readFromQuery(fact, text, scope);
}

/** How a label that was found is written. */
type LabelText = (label: string) => string;

/** Grafana finds the series whose labels contain the alert's own (pkg/services/ngalert/eval/eval.go). */
function readFromValues({ name, of, read }: Fact, text: LabelText): string {
  const found = `$values.${factRefId(of ?? name)}`;
  return read.kind === "label"
    ? `{{ with ${found}.Labels.${read.label} }}${text(".")}{{ end }}`
    : `{{ with ${found} }}${guarded(read.format)}{{ end }}`;
}

/** 0 is what stands in for an empty answer, and neither a moment nor a number that anybody means. */
function guarded(format: ValueFormat): string {
  const text = formatted(".Value", format);
  return format === "timestamp" || format === "iso" || format === "count"
    ? `{{ if gt .Value 0.0 }}${text}{{ end }}`
    : text;
}

function readFromQuery(fact: Fact, labelText: LabelText, scope: Scope): string {
  const { read } = fact;
  const text = read.kind === "label" ? labelText(`.Labels.${read.label}`) : guarded(read.format);
  if (scope.engine === "loki" && fact.narrow !== undefined && scope.by.length > 0) {
    return `{{ range query (${narrowed(fact.narrow, scope.by)}) }}${text}{{ end }}`;
  }
  const isOurs = scope.by.map((label) => `(eq .Labels.${label} ${labelOf(label, scope.engine)})`);
  const condition =
    isOurs.length > 1 ? `and ${isOurs.join(" ")}` : (isOurs[0] ?? "true").slice(1, -1);
  return isOurs.length === 0
    ? `{{ range query ${goString(fact.query)} }}${text}{{ end }}`
    : `{{ range query ${goString(fact.query)} }}{{ if ${condition} }}${text}{{ end }}{{ end }}`;
}

function narrowed([head, tail]: readonly [string, string], by: readonly string[]): string {
  const filters = by.map(
    (label, index) =>
      `${goString(`${index === 0 ? head : ""} | ${label}=`)} (printf "%q" ${labelOf(label, "loki")})`,
  );
  return `print ${filters.join(" ")} ${goString(tail)}`;
}

/** By the functions that all three engines have: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/ */
function formatted(value: string, format: ValueFormat): string {
  switch (format) {
    case "number":
      return `{{ humanize ${value} }}`;
    case "count":
      return `{{ printf "%.0f" ${value} }}`;
    case "percent":
      return `{{ humanizePercentage ${value} }}`;
    case "duration":
      return `{{ humanizeDuration ${value} }}`;
    case "bytes":
      return `{{ humanize1024 ${value} }}B`;
    case "per-minute":
      return `{{ humanize ${value} }}/min`;
    case "per-second":
      return `{{ humanize ${value} }}/s`;
    case "timestamp":
      return `{{ (toTime ${value}).UTC.Format "2006-01-02 15:04:05" }} UTC`;
    case "iso":
      return `{{ (toTime ${value}).UTC.Format "2006-01-02T15:04:05.000Z" }}`;
  }
}
