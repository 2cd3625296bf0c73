import { type AskStore, createFunctions, type GoFunction, toText } from "./functions.ts";
import {
  type Command,
  type Operand,
  type Pipeline,
  parseTemplate,
  type TemplateNode,
} from "./parse.ts";
import {
  formatTime,
  GoFigure,
  GoInt,
  type GoObject,
  GoTime,
  type GoValue,
  isTruth,
  printValue,
} from "./values.ts";

export interface RenderInput {
  /** `$labels`, `$value`, `$values` by their names without the dollar. */
  readonly variables: Readonly<Record<string, GoValue>>;
  readonly dot: GoValue;
  readonly ask: AskStore;
  /** What a map does not have: an empty text in Prometheus, `[no value]` in Grafana. */
  readonly missing: "empty" | "no value";
}

/** A message's text as the engine would send it. Throws for what it would not understand either. */
export function renderTemplate(text: string, input: RenderInput): string {
  if (!text.includes("{{")) return text;
  const scope: Scope = {
    variables: new Map(
      Object.entries(input.variables).map(([name, value]) => [`$${name}`, { value }]),
    ),
    root: input.dot,
    functions: createFunctions(input.ask),
    missing: input.missing,
  };
  const rendered = renderNodes(parseTemplate(text), input.dot, scope);
  return input.missing === "no value" ? rendered.replaceAll("<no value>", "[no value]") : rendered;
}

/** Functions of Prometheus and Grafana that give links to pages of their own, and rare ones. */
const ELSEWHERE = new Set(
  "args call externalURL graphLink js mergeLabelValues now pathPrefix slice strvalue stripDomain tableLink toDuration".split(
    " ",
  ),
);

/** The engine would understand it; tests cannot tell what comes of it. */
export class NotForTests extends Error {
  constructor(name: string) {
    super(`tests do not know the function "${name}"`);
  }
}

interface Scope {
  readonly variables: Map<string, { value: GoValue }>;
  readonly root: GoValue;
  readonly functions: ReadonlyMap<string, GoFunction>;
  readonly missing: "empty" | "no value";
}

function inner(scope: Scope): Scope {
  return { ...scope, variables: new Map(scope.variables) };
}

function renderNodes(nodes: readonly TemplateNode[], dot: GoValue, scope: Scope): string {
  return nodes.map((node) => renderNode(node, dot, scope)).join("");
}

function renderNode(node: TemplateNode, dot: GoValue, scope: Scope): string {
  if (node.kind === "text") return node.text;
  if (node.kind === "print") {
    const value = runPipeline(node.pipeline, dot, scope);
    return node.pipeline.declares.length > 0 ? "" : printValue(value);
  }
  const own = inner(scope);
  const value = runPipeline(node.pipeline, dot, own);
  if (node.kind === "range") return renderRange(node, value, dot, own);
  if (!isTruth(value)) return renderNodes(node.otherwise, dot, own);
  return renderNodes(node.body, node.kind === "with" ? value : dot, own);
}

function renderRange(
  node: Exclude<TemplateNode, { kind: "text" | "print" }>,
  value: GoValue,
  dot: GoValue,
  scope: Scope,
): string {
  const items = rangeItems(value);
  if (items.length === 0) return renderNodes(node.otherwise, dot, scope);
  const names = node.pipeline.declares;
  return items
    .map(([key, item]) => {
      const own = inner(scope);
      const [first, second] = names;
      if (first !== undefined) own.variables.set(first, { value: second ? key : item });
      if (second !== undefined) own.variables.set(second, { value: item });
      return renderNodes(node.body, item, own);
    })
    .join("");
}

function rangeItems(value: GoValue): readonly (readonly [GoValue, GoValue])[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((item, index) => [new GoInt(index), item]);
  if (typeof value === "object" && !(value instanceof GoInt)) {
    return Object.entries(value as GoObject).toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
  throw new Error(`template: no range over ${printValue(value)}`);
}

function runPipeline(pipeline: Pipeline, dot: GoValue, scope: Scope): GoValue {
  let value: GoValue;
  pipeline.commands.forEach((command, index) => {
    value = runCommand(command, dot, scope, index === 0 ? [] : [value]);
  });
  const [name] = pipeline.declares;
  if (name === undefined) return value;
  const known = pipeline.assigns ? scope.variables.get(name) : undefined;
  if (known) known.value = value;
  else scope.variables.set(name, { value });
  return value;
}

function runCommand(
  { operands }: Command,
  dot: GoValue,
  scope: Scope,
  last: readonly GoValue[],
): GoValue {
  const [head, ...rest] = operands;
  if (!head) throw new Error("template: nothing to do");
  const values = (): GoValue[] => [...rest.map((one) => readOperand(one, dot, scope)), ...last];
  if (head.kind === "function") {
    const work = scope.functions.get(head.name);
    if (!work && ELSEWHERE.has(head.name)) throw new NotForTests(head.name);
    if (!work) throw new Error(`template: function "${head.name}" not defined`);
    return work(...values());
  }
  if (rest.length + last.length === 0) return readOperand(head, dot, scope);
  return callMethod(head, values(), dot, scope);
}

/** `(toTime $value).UTC.Format "15:04"`: the last field is a method with arguments. */
function callMethod(
  head: Operand,
  operands: readonly GoValue[],
  dot: GoValue,
  scope: Scope,
): GoValue {
  const fields = "fields" in head ? head.fields : [];
  const method = fields.at(-1);
  if (method === undefined || head.kind === "value" || head.kind === "function") {
    throw new Error("template: a value is no function");
  }
  const receiver = readOperand({ ...head, fields: fields.slice(0, -1) }, dot, scope);
  if (receiver instanceof GoTime && method === "Format") {
    return formatTime(receiver, toText(operands[0]));
  }
  throw new Error(`template: the method "${method}" is not known to tests`);
}

function readOperand(operand: Operand, dot: GoValue, scope: Scope): GoValue {
  switch (operand.kind) {
    case "value":
      return operand.value;
    case "function":
      return runCommand({ operands: [operand] }, dot, scope, []);
    case "dot":
      return operand.fields.reduce((value, name) => readField(value, name, scope), dot);
    case "pipeline":
      return operand.fields.reduce(
        (value, name) => readField(value, name, scope),
        runPipeline(operand.pipeline, dot, scope),
      );
    case "variable": {
      const found =
        operand.name === "$" ? { value: scope.root } : scope.variables.get(operand.name);
      if (!found) throw new Error(`template: there is no ${operand.name}`);
      return operand.fields.reduce((value, name) => readField(value, name, scope), found.value);
    }
  }
}

function readField(value: GoValue, name: string, scope: Scope): GoValue {
  if (value === undefined) return undefined;
  if (value instanceof GoTime) {
    if (name === "UTC") return value;
    throw new Error(`template: the method "${name}" of a time is not known to tests`);
  }
  if (value instanceof GoFigure) {
    if (name === "Labels") return value.labels;
    if (name === "Value") return value.value;
  } else if (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof GoInt)
  ) {
    const object = value as GoObject;
    if (Object.hasOwn(object, name)) return object[name];
    return scope.missing === "empty" ? "" : undefined;
  }
  throw new Error(`template: no field "${name}" in ${printValue(value)}`);
}
