import { ANNOTATION, LOKI_LABEL, PROMETHEUS_LABEL } from "@sightline/core";
import type { AlertSpec } from "../../spec/schema/alerts.ts";
import type { AlertForm, FormScope } from "../alerts/alert-form.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { Fact, Message, MessagePart } from "../model.ts";
import { dashboardUrl, type LabelParts, logsUrl, silenceUrl } from "./links.ts";
import { type Placeholders, parseText } from "./parse-text.ts";

const text = (value: string): MessagePart => ({ kind: "text", text: value });
const fact = (name: string): MessagePart => ({ kind: "fact", name });

/** The texts of an alert: the user's, else our own; and what templates of messages can use. */
export function alertMessage(
  alert: AlertSpec,
  form: AlertForm,
  input: CompileInput,
  { report }: FormScope,
): Message {
  const labels = labelParts(form, alert);
  const runbook = runbookOf(alert, form, input);
  const placeholders = placeholdersOf(form, labels, runbook);
  const parse = (path: readonly string[], value: string): readonly MessagePart[] => {
    // The text of another tool's rule: its placeholders are the engine's.
    if (form.isTemplated && value.includes("{{")) return [{ kind: "template", text: value }];
    const { parts, faults } = parseText(value, placeholders, labels);
    for (const { message, advice } of faults) report(path, "placeholder", message, advice);
    return parts;
  };
  const given = Object.entries(alert.annotations ?? {}).map(
    ([name, value]) => [name, parse(["annotations", name], value)] as const,
  );
  const annotations: Record<string, readonly MessagePart[]> = {
    ...ownAnnotations(alert, form, input, labels, runbook),
    ...Object.fromEntries(given),
  };
  const { summary, description, ...others } = annotations;
  const message: Omit<Message, "facts"> = {
    summary: oneLine(
      alert.summary === undefined
        ? (summary ?? summaryOf(alert, form))
        : parse(["summary"], alert.summary.trim()),
    ),
    description:
      alert.message === undefined
        ? (description ?? form.description)
        : parse(["message"], alert.message),
    annotations: others,
  };
  return { ...message, facts: usedFacts(form.facts, message) };
}

/** Titles and subjects are made of it. */
function oneLine(parts: readonly MessagePart[]): readonly MessagePart[] {
  return parts.map((part) => {
    if (part.kind === "text") return text(part.text.replaceAll(/\s+/g, " "));
    return part.kind === "fact" ? { ...part, isOneLine: true } : part;
  });
}

function summaryOf({ name }: AlertSpec, { summary }: AlertForm): readonly MessagePart[] {
  return summary.length === 0 ? [text(name)] : [text(`${name}: `), ...summary];
}

/** Every label that the alert will have, but those of routing. */
function labelParts({ by, labels }: AlertForm, alert: AlertSpec): LabelParts {
  return {
    ...Object.fromEntries(by.map((name) => [name, [{ kind: "label" as const, name }]])),
    ...Object.fromEntries(
      Object.entries({ ...labels, ...alert.labels }).map(([name, value]) => [name, [text(value)]]),
    ),
  };
}

function placeholdersOf(
  form: AlertForm,
  labels: LabelParts,
  runbook: string | undefined,
): Placeholders {
  const { facts, format, lines, source } = form;
  const ofFact = (name: string): readonly MessagePart[] | { readonly why: string } =>
    facts.some((each) => each.name === name)
      ? [fact(name)]
      : {
          why:
            source === "loki"
              ? "there are no lines, or records, that would tell"
              : "this alert looks at figures and not at lines",
        };
  const value: readonly MessagePart[] = [{ kind: "value", format }];
  const others = facts.filter(({ name }) => !["from", "to"].includes(name));
  return {
    ...Object.fromEntries(others.map(({ name }) => [name, [fact(name)]])),
    line: ofFact("line"),
    template: ofFact("template"),
    first_seen: ofFact("first_seen"),
    users: ofFact("users"),
    release: ofFact("release"),
    count: lines === undefined ? { why: "nothing is counted here; {value} is the figure" } : value,
    value,
    service: labels[LOKI_LABEL.serviceName] ?? { why: "the alert is about no single service" },
    environment: labels[LOKI_LABEL.deploymentEnvironmentName] ?? {
      why: "the alert is about no single environment",
    },
    host: labels[PROMETHEUS_LABEL.hostName] ?? {
      why: 'the alert is about no single host; "by: host" makes it one',
    },
    runbook: runbook === undefined ? { why: 'the alert has no "runbook"' } : [text(runbook)],
  };
}

/** The alert's own page, else its service's. */
function runbookOf(alert: AlertSpec, form: AlertForm, input: CompileInput): string | undefined {
  if (alert.runbook !== undefined) return alert.runbook;
  const name =
    form.labels[LOKI_LABEL.serviceName] ??
    onlyOne(alert.log?.service ?? alert.metric?.service ?? alert.crash?.service ?? []);
  return input.document.spec.services.find((service) => service.name === name)?.runbook;
}

function onlyOne(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}

function ownAnnotations(
  alert: AlertSpec,
  form: AlertForm,
  { urls, target }: CompileInput,
  labels: LabelParts,
  runbook: string | undefined,
): Record<string, readonly MessagePart[]> {
  const { lines, facts, command } = form;
  const query = lines === undefined ? undefined : logsQuery(lines.selection, form.by);
  const link = query === undefined ? undefined : logsUrl(urls, target, query, rangeOf(facts));
  const told = ["line", "template", "first_seen", "users", "release"] as const;
  const factNames = {
    line: ANNOTATION.line,
    template: ANNOTATION.template,
    first_seen: ANNOTATION.firstSeen,
    users: ANNOTATION.users,
    release: ANNOTATION.release,
  } as const;
  const found: [string, readonly MessagePart[] | undefined][] = [
    ...told
      .filter((name) => facts.some((each) => each.name === name))
      .map((name): [string, readonly MessagePart[]] => [factNames[name], [fact(name)]]),
    [ANNOTATION.count, lines === undefined ? undefined : [{ kind: "value", format: "count" }]],
    [ANNOTATION.logsQuery, query],
    [ANNOTATION.logsUrl, link],
    [ANNOTATION.logsCommand, link === undefined ? command : undefined],
    [ANNOTATION.dashboardUrl, dashboardUrl(urls, labels)],
    [ANNOTATION.runbookUrl, runbook === undefined ? undefined : [text(runbook)]],
    [ANNOTATION.silenceUrl, silenceUrl(urls, target, alert.name, labels)],
  ];
  return Object.fromEntries(
    found.filter((entry): entry is [string, readonly MessagePart[]] => entry[1] !== undefined),
  );
}

/** From the first line to the newest; of lines that do not come the last hour. */
function rangeOf(facts: readonly Fact[]): {
  readonly from: readonly MessagePart[];
  readonly to: readonly MessagePart[];
} {
  return facts.some(({ name }) => name === "from")
    ? { from: [fact("from")], to: [fact("to")] }
    : { from: [text("now-1h")], to: [text("now")] };
}

/** The lines of this one alert: what is selected, and its own labels. */
function logsQuery(
  { stream, filters }: { readonly stream: string; readonly filters: string },
  by: readonly string[],
): readonly MessagePart[] {
  return [
    text(`${stream}${filters}`),
    ...by.flatMap((name): MessagePart[] => [
      text(` | ${name}=`),
      { kind: "quoted", parts: [{ kind: "label", name }] },
    ]),
  ];
}

/** Each fact is a query at each look: only those that a text speaks of. */
function usedFacts(facts: readonly Fact[], message: Omit<Message, "facts">): readonly Fact[] {
  const named = new Set<string>();
  const collect = (parts: readonly MessagePart[]): void => {
    for (const part of parts) {
      if (part.kind === "fact") named.add(part.name);
      else if ("parts" in part) collect(part.parts);
    }
  };
  collect(message.summary);
  collect(message.description);
  for (const parts of Object.values(message.annotations)) collect(parts);
  const used = facts.filter(({ name }) => named.has(name));
  const bases = new Set(used.map(({ name, of }) => of ?? name));
  return facts.filter(({ name }) => named.has(name) || bases.has(name));
}
