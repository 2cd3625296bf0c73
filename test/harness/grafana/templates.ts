import { createHash } from "node:crypto";
import { changeConfig } from "./alertmanager-config.ts";
import { type Answer, alertingError, publicError } from "./answer.ts";
import { objectBody, textOf } from "./body.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, JsonObject, StoredTemplate } from "./state.ts";

const PATH = "/api/v1/provisioning/templates";
const READ = [
  "alert.provisioning:read",
  "alert.provisioning.secrets:read",
  "alert.notifications:read",
];
const WRITE = ["alert.provisioning:write", "alert.notifications:write"];
const SOURCE = "pkg/services/ngalert/provisioning/templates.go; seen on 10.4.3 and 11.0.0";

export const templateRoutes: readonly Route[] = [
  { method: "GET", path: PATH, actions: READ, source: SOURCE, handle: listTemplates },
  { method: "GET", path: `${PATH}/:name`, actions: READ, source: SOURCE, handle: readTemplate },
  {
    method: "PUT",
    path: `${PATH}/:name`,
    actions: WRITE,
    fields: ["template", "version"],
    source: SOURCE,
    handle: putTemplate,
  },
  {
    method: "DELETE",
    path: `${PATH}/:name`,
    query: ["version"],
    actions: WRITE,
    source: SOURCE,
    handle: deleteTemplate,
  },
];

function templateBody(state: GrafanaState, template: StoredTemplate): JsonObject {
  return {
    name: template.name,
    template: template.template,
    ...(template.provenance !== "" && { provenance: template.provenance }),
    ...(state.profile.hasVersions && { version: versionOf(template) }),
  };
}

function versionOf({ template }: StoredTemplate): string {
  return createHash("sha256").update(template).digest("hex").slice(0, 16);
}

function listTemplates({ state }: Call): Answer {
  const templates = state.alertmanager.templates.map((template) => templateBody(state, template));
  const isNull = templates.length === 0 && state.profile.emptyTemplates === "null";
  return { status: 200, body: isNull ? null : templates };
}

function readTemplate({ state, params }: Call): Answer {
  const template = state.alertmanager.templates.find(({ name }) => name === params["name"]);
  if (template) return { status: 200, body: templateBody(state, template) };
  if (state.profile.hasVersions) {
    throw publicError(404, "alerting.notifications.templates.notFound", "Not found");
  }
  return { status: 404 };
}

function putTemplate(call: Call): Promise<Answer> {
  const { state, params, provenance } = call;
  const name = params["name"] ?? "";
  const given = objectBody(call.body);
  const text = readText(state, name, textOf(given, "template"));
  return changeConfig(call, (config) => {
    const stored = config.templates.find((template) => template.name === name);
    const version = textOf(given, "version");
    if (state.profile.hasVersions && version !== "" && (!stored || version !== versionOf(stored))) {
      throw stored
        ? publicError(409, "alerting.notifications.conflict", "Conflict")
        : publicError(404, "alerting.notifications.templates.notFound", "Not found");
    }
    const template: StoredTemplate = { name, template: text, provenance };
    if (stored) Object.assign(stored, template);
    else config.templates.push(template);
    return { answer: { status: 202, body: templateBody(state, template) } };
  });
}

/** definitions.NotificationTemplate.Validate: the content is trimmed, and wrapped where it defines nothing. */
function readText(state: GrafanaState, name: string, given: string): string {
  const invalid = (message: string): Error =>
    state.profile.hasVersions
      ? publicError(
          400,
          "alerting.notifications.templates.invalidFormat",
          "Template is in invalid format. Correct the payload and try again.",
        )
      : alertingError(400, `invalid object specification: ${message}`);
  const content = given.trim();
  if (name === "") throw invalid("template must have a name");
  if (content === "") throw invalid("template must have content");
  const isDefined = /\{\{\s*define/.test(content);
  const text = isDefined
    ? content
    : `{{ define "${name}" }}\n${content
        .split("\n")
        .map((line) => `  ${line}`)
        .join("\n")}\n{{ end }}`;
  const problem = templateProblem(text);
  if (problem !== undefined) throw invalid(`invalid template: template: ${name}: ${problem}`);
  return text;
}

/** Only what is wrong for certain: actions that do not end, blocks that do not balance, functions of no one. */
function templateProblem(text: string): string | undefined {
  let depth = 0;
  for (const piece of text.split("{{").slice(1)) {
    const end = piece.indexOf("}}");
    if (end < 0) return "unclosed action";
    const action = piece
      .slice(0, end)
      .replace(/^-\s|\s-$/g, "")
      .trim();
    const word = /^[A-Za-z_]\w*/.exec(action)?.[0];
    if (word === undefined) continue;
    if (OPENING.has(word)) depth += 1;
    else if (word === "end") depth -= 1;
    else if (!FUNCTIONS.has(word)) return `function "${word}" not defined`;
  }
  return depth === 0 ? undefined : "unexpected EOF";
}

const OPENING = new Set(["define", "block", "if", "range", "with"]);
/** text/template, Alertmanager's template.DefaultFuncs and Grafana's. */
const FUNCTIONS = new Set([
  ...["else", "template", "break", "continue", "nil", "true", "false"],
  ...[
    "and",
    "or",
    "not",
    "len",
    "index",
    "slice",
    "print",
    "printf",
    "println",
    "html",
    "js",
    "call",
    "urlquery",
  ],
  ...["eq", "ne", "lt", "le", "gt", "ge"],
  ...[
    "toUpper",
    "toLower",
    "title",
    "trimSpace",
    "join",
    "match",
    "safeHtml",
    "safeUrl",
    "urlUnescape",
    "reReplaceAll",
    "stringSlice",
    "date",
    "tz",
    "since",
    "humanizeDuration",
    "toJson",
  ],
  ...["coll", "data", "tmpl"],
]);

function deleteTemplate(call: Call): Promise<Answer> {
  const { params } = call;
  return changeConfig(call, (config) => {
    config.templates = config.templates.filter(({ name }) => name !== params["name"]);
    return { answer: { status: 204 } };
  });
}
