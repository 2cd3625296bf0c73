import { ALERT_LABEL, ANNOTATION, PROMETHEUS_LABEL } from "@sightline/core";
import type { Model } from "../../compile/model.ts";
import { emailHtmlTemplate } from "./email-html.ts";
import { MARKUPS, type Markup } from "./markup.ts";
import {
  annotation,
  goString,
  label,
  manyLines,
  oneLine,
  replace,
  SHOWN,
  setWebAddress,
  shorten,
  statusWords,
} from "./template-actions.ts";

export type TemplateEngine = "alertmanager" | "grafana";

export interface NamedTemplate {
  /** Letters, digits, `.`, `-` and `_`; the file's or the template group's. */
  readonly name: string;
  readonly text: string;
}

/** Our templates and those of the user, for one engine. Byte-stable. */
export function emitMessageTemplates(
  { contacts, templates }: Pick<Model, "contacts" | "templates">,
  engine: TemplateEngine,
): readonly NamedTemplate[] {
  if (contacts.length === 0) return [];
  const own = templates.map(({ name, text }) => ({ name: fileName(name, templates), text }));
  return [{ name: "sightline", text: sightlineTemplates(engine) }, ...own];
}

/** A name may have any character, a file name may not. */
function fileName(name: string, all: Model["templates"]): string {
  const plain = (text: string) => text.replace(/[^A-Za-z0-9._-]+/g, "-");
  const same = all.filter((other) => plain(other.name) === plain(name));
  const nth = same.findIndex((other) => other.name === name);
  return nth > 0 ? `${plain(name)}-${nth + 1}` : plain(name);
}

export function sightlineTemplates(engine: TemplateEngine): string {
  return [
    "{{/* Made by sightline. What is written here is replaced by the next apply. */}}",
    SHARED,
    ...MARKUPS.map((markup) => templatesOf(markup, engine)),
    ...(engine === "alertmanager" ? [emailHtmlTemplate()] : []),
    "",
  ].join("\n");
}

const SHARED = `{{ define "sightline.severity" }}{{ with (index .CommonLabels ${goString(ALERT_LABEL.severity)}) }}{{ . }}{{ else }}warning{{ end }}{{ end }}
{{ define "sightline.link" }}${SHOWN}{{ with (index $shown 0) }}${setWebAddress("$logs", annotation(ANNOTATION.logsUrl))}${setWebAddress("$dashboard", annotation(ANNOTATION.dashboardUrl))}{{ if $logs }}{{ $logs }}{{ else if $dashboard }}{{ $dashboard }}{{ else }}{{ $.ExternalURL }}{{ end }}{{ end }}{{ end }}
{{ define "sightline.color" }}{{ if ne .Status "firing" }}good{{ else if eq (index .CommonLabels ${goString(ALERT_LABEL.severity)}) "critical" }}danger{{ else }}warning{{ end }}{{ end }}
{{ define "sightline.pagerduty.severity" }}{{ $severity := index .CommonLabels ${goString(ALERT_LABEL.severity)} }}{{ if match "^(critical|error|warning|info)$" $severity }}{{ $severity }}{{ else }}warning{{ end }}{{ end }}
{{ define "sightline.opsgenie.priority" }}{{ $severity := index .CommonLabels ${goString(ALERT_LABEL.severity)} }}{{ if eq $severity "critical" }}P1{{ else if eq $severity "info" }}P5{{ else }}P3{{ end }}{{ end }}
{{ define "sightline.pushover.priority" }}{{ if and (eq .Status "firing") (eq (index .CommonLabels ${goString(ALERT_LABEL.severity)}) "critical") }}1{{ else }}0{{ end }}{{ end }}`;

function templatesOf(markup: Markup, engine: TemplateEngine): string {
  const name = `sightline.${markup.name}`;
  return [
    `{{ define "${name}.title" }}${SHOWN}${statusWords("$shown")} ${titleWords(markup, engine)}{{ end }}`,
    `{{ define "${name}.text" }}${bodyOf(markup, engine)}{{ end }}`,
    `{{ define "${name}.alert" }}${alertOf(markup, engine)}{{ end }}`,
    `{{ define "${name}.links" }}${linksOf(markup, engine)}{{ end }}`,
  ].join("\n");
}

function titleWords(markup: Markup, engine: TemplateEngine): string {
  // Titles are never marked up, so HTML and mrkdwn are escaped, and nothing more.
  const one = print(markup, shorten(oneLine("."), 200), engine, "title");
  const summary = `{{ with (index $shown 0) }}${summaryOr(one, engine)}{{ end }}`;
  const many = `{{ with (index .CommonLabels ${goString(ALERT_LABEL.alertName)}) }}${one}{{ else }}{{ len $shown }} alerts{{ end }}`;
  return `{{ if eq (len $shown) 1 }}${summary}{{ else }}${many}{{ end }}`;
}

type Where = "text" | "block" | "title";

/** An action that prints a pipeline, escaped for its place and cut after that. */
function print(markup: Markup, pipeline: string, engine: TemplateEngine, where: Where): string {
  return `{{ ${escaped(markup, pipeline, engine, where)} }}`;
}

function escaped(markup: Markup, pipeline: string, engine: TemplateEngine, where: Where): string {
  const isMarkedTitle = where === "title" && TITLES_IN_MARKUP.includes(markup.name);
  const steps =
    where === "block"
      ? markup.escapeInBlock
      : where === "title" && !isMarkedTitle
        ? []
        : markup.escape;
  const max = where === "block" ? markup.maxLine : markup.maxText;
  const cut: string[] =
    steps.length === 0 ? [] : [`printf "%.${Math.ceil(max * 1.2)}s"`, ...brokenEnd(markup)];
  return [
    pipeline,
    ...steps.map(replace),
    ...cut,
    ...(isHtmlTemplate(markup, engine) ? ["safeHtml"] : []),
  ].join(" | ");
}

function brokenEnd({ brokenEnd: end }: Markup): string[] {
  return end === undefined ? [] : [replace([end, ""])];
}

/** Their servers read markup in titles, too. */
const TITLES_IN_MARKUP: readonly string[] = ["slack", "markdown", "discord", "html", "telegram"];

/** Alertmanager runs the message of Telegram through html/template, which would escape it once more. */
function isHtmlTemplate(markup: Markup, engine: TemplateEngine): boolean {
  return engine === "alertmanager" && markup.name === "telegram";
}

function bodyOf(markup: Markup, engine: TemplateEngine): string {
  const nl = newline(markup);
  const name = `sightline.${markup.name}`;
  const short = print(markup, shorten(oneLine("."), Math.min(100, markup.maxText)), engine, "text");
  const brief = summaryOr(short, engine);
  const last = markup.full + markup.brief;
  // Telegram has no title: it stands in the text.
  const head =
    markup.name === "telegram"
      ? `${markup.bold[0]}{{ template "${name}.title" . }}${markup.bold[1]}${nl}`
      : "";
  const firing = `{{ range $i, $alert := .Alerts.Firing }}{{ if lt $i ${markup.full} }}{{ template "${name}.alert" $alert }}${nl}{{ else if lt $i ${last} }}• ${brief}${nl}{{ end }}{{ end }}`;
  const more = `{{ if gt (len .Alerts.Firing) ${last} }}and {{ len (slice .Alerts.Firing ${last}) }} more${nl}{{ end }}`;
  const resolved = `{{ range $i, $alert := .Alerts.Resolved }}{{ if lt $i ${markup.full} }}Resolved: ${brief}${nl}{{ end }}{{ end }}{{ if gt (len .Alerts.Resolved) ${markup.full} }}and {{ len (slice .Alerts.Resolved ${markup.full}) }} more resolved${nl}{{ end }}`;
  const links =
    markup.maxUrl > 0
      ? `${SHOWN}{{ with (index $shown 0) }}{{ template "${name}.links" . }}{{ end }}`
      : "";
  return `${head}${firing}${more}${resolved}${links}`;
}

/** What an alert says of itself, or its name: `shown` prints the dot. */
function summaryOr(shown: string, engine: TemplateEngine): string {
  const own = `{{ with ${annotation(ANNOTATION.summary)} }}${shown}{{ else }}{{ with ${label(ALERT_LABEL.alertName)} }}${shown}{{ end }}{{ end }}`;
  const unasked = `{{ with (print ${label(RULE_NAME)} ": Grafana could not ask its data source") }}${shown}{{ end }}`;
  return ifUnasked(engine, unasked, own);
}

/** Of a rule whose query failed Grafana makes an alert of this name, with the rule's own annotations. */
const UNASKED = "DatasourceError";
const RULE_NAME = "rulename";
const ERROR_ANNOTATION = "Error";

/**
 * That a query failed is another message than that the alert fires: the rule's own words would have
 * no figure in them, and its links no values.
 * https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/stale-alert-instances/
 */
function ifUnasked(engine: TemplateEngine, unasked: string, fires: string): string {
  if (engine !== "grafana") return fires;
  return `{{ if eq ${label(ALERT_LABEL.alertName)} ${goString(UNASKED)} }}${unasked}{{ else }}${fires}{{ end }}`;
}

function alertOf(markup: Markup, engine: TemplateEngine): string {
  const nl = newline(markup);
  const [bold, boldEnd] = markup.bold;
  const [block, blockEnd] = markup.block;
  const text = (expression: string) => shorten(oneLine(expression), markup.maxText);
  const summary = `${bold}${summaryOr(print(markup, text("."), engine, "text"), engine)}${boldEnd}${nl}`;
  const description = `{{ with ${annotation(ANNOTATION.description)} }}${print(markup, text("."), engine, "text")}${nl}{{ end }}`;
  const inBlock = print(markup, shorten(manyLines("."), markup.maxLine), engine, "block");
  const line = `{{ with ${annotation(ANNOTATION.line)} }}${block}${inBlock}${blockEnd}${nl}{{ else }}{{ with ${annotation(ANNOTATION.template)} }}${block}${inBlock}${blockEnd}${nl}{{ end }}{{ end }}`;
  const reason = `{{ with ${annotation(ERROR_ANNOTATION)} }}${block}${inBlock}${blockEnd}${nl}{{ end }}`;
  const rest = `${description}${line}${factsOf(markup, engine, nl)}`;
  return `${summary}${ifUnasked(engine, reason, rest)}`;
}

/** Of whom and how much, in one line; what is not known is left out. */
const FACTS: readonly (readonly [words: string, expression: string])[] = [
  ["", label(PROMETHEUS_LABEL.serviceName)],
  ["", label(PROMETHEUS_LABEL.deploymentEnvironmentName)],
  ["on ", label(PROMETHEUS_LABEL.hostName)],
  ["container ", label(PROMETHEUS_LABEL.containerName)],
  ["count ", annotation(ANNOTATION.count)],
  ["users hit ", annotation(ANNOTATION.users)],
  ["first seen ", annotation(ANNOTATION.firstSeen)],
  ["release ", annotation(ANNOTATION.release)],
];

function factsOf(markup: Markup, engine: TemplateEngine, nl: string): string {
  const max = Math.min(60, Math.floor(markup.maxText * 0.4));
  const short: Markup = { ...markup, maxText: max };
  const facts = FACTS.map(([words, expression]) => {
    const value = print(short, shorten(oneLine("."), max), engine, "text");
    return `{{ with ${expression} }}{{ $between }}${words}${value}{{ $between = " · " }}{{ end }}`;
  });
  return `{{ $between := "" }}${facts.join("")}{{ if $between }}${nl}{{ end }}`;
}

function linksOf(markup: Markup, engine: TemplateEngine): string {
  const silence =
    engine === "grafana"
      ? `(or ${annotation(ANNOTATION.silenceUrl)} .SilenceURL)`
      : annotation(ANNOTATION.silenceUrl);
  const links: readonly (readonly [string, string])[] = [
    ["Logs", annotation(ANNOTATION.logsUrl)],
    ["Dashboard", annotation(ANNOTATION.dashboardUrl)],
    ["Runbook", annotation(ANNOTATION.runbookUrl)],
    ["Silence", silence],
  ];
  const between = markup.link === undefined ? markup.newline : " · ";
  const link = ([words, expression]: readonly [string, string]): string => {
    const url = urlIn(markup, engine);
    const shown = markup.link?.(words, url) ?? `${words}: ${url}`;
    return `${setWebAddress("$url", expression)}{{ if and $url (le (len ${written(markup)}) ${words === "Logs" ? markup.maxLogsUrl : markup.maxUrl}) }}{{ $between }}${shown}{{ $between = ${goString(between)} }}{{ end }}`;
  };
  // Where nobody has a page to open, the query is what helps.
  const query = `{{ if not ${annotation(ANNOTATION.logsUrl)} }}{{ with ${annotation(ANNOTATION.logsQuery)} }}{{ $between }}Logs: ${print(markup, shorten(oneLine("."), 300), engine, "text")}{{ $between = ${goString(between)} }}{{ end }}{{ end }}`;
  const all = `${query}${links.map(link).join("")}`;
  // The rule's own silence would be of another alert.
  const unasked = engine === "grafana" ? link(["Silence", ".SilenceURL"]) : "";
  return `{{ $between := "" }}${ifUnasked(engine, unasked, all)}`;
}

/** The address with what HTML makes longer, & and +, as it will be at most. */
function written(markup: Markup): string {
  return isHtml(markup) ? `($url | ${replace(["[&+]", "&amp;"])})` : "$url";
}

function isHtml({ name }: Markup): boolean {
  return name === "telegram" || name === "html" || name === "slack";
}

/** Cleaned of all but what addresses are made of; what still has a meaning in the markup is escaped. */
function urlIn(markup: Markup, engine: TemplateEngine): string {
  return isHtml(markup) && !isHtmlTemplate(markup, engine)
    ? `{{ $url | ${replace(["&", "&amp;"])} }}`
    : "{{ $url }}";
}

function newline({ newline: text }: Markup): string {
  return `{{ ${goString(text)} }}`;
}
