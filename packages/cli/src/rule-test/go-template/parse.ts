import { isSign, type Part, splitActions, type Token } from "./tokens.ts";
import { GoInt } from "./values.ts";

/** Go's text/template, as far as messages of alerts use it. https://pkg.go.dev/text/template */
export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly pipeline: Pipeline }
  | {
      readonly kind: "if" | "with" | "range";
      readonly pipeline: Pipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    };

export interface Pipeline {
  /** `$x :=`, `$i, $x :=`, or `$x =`. */
  readonly declares: readonly string[];
  /** `=`: the variable is there already, and changes where it was declared. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

/** A function and its arguments, or a single operand. */
export interface Command {
  readonly operands: readonly Operand[];
}

export type Operand =
  | { readonly kind: "value"; readonly value: string | number | GoInt | boolean | null }
  | { readonly kind: "dot"; readonly fields: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline; readonly fields: readonly string[] };

/** Throws with what is not understood: a message that tests cannot check is never passed over. */
export function parseTemplate(text: string): readonly TemplateNode[] {
  const parts = splitActions(text);
  let at = 0;
  const parseBody = (
    until: readonly string[],
  ): { nodes: TemplateNode[]; end: string; rest: Token[] } => {
    const nodes: TemplateNode[] = [];
    while (at < parts.length) {
      const part = parts[at] as Part;
      at += 1;
      if (part.kind === "text") {
        if (part.text !== "") nodes.push({ kind: "text", text: part.text });
        continue;
      }
      const [head, ...rest] = part.tokens;
      if (!head) continue;
      const word = head.kind === "word" ? head.text : "";
      if (until.includes(word)) return { nodes, end: word, rest };
      if (word === "if" || word === "with" || word === "range") {
        nodes.push(parseBlock(word, rest));
      } else if (
        ["define", "template", "block", "break", "continue", "else", "end"].includes(word)
      ) {
        throw new Error(`template: {{ ${word} }} is not understood there`);
      } else {
        nodes.push({ kind: "print", pipeline: parsePipeline(part.tokens) });
      }
    }
    if (until.length > 0) throw new Error("template: an {{ end }} is missing");
    return { nodes, end: "", rest: [] };
  };
  const parseBlock = (kind: "if" | "with" | "range", tokens: readonly Token[]): TemplateNode => {
    const pipeline = parsePipeline(tokens);
    const body = parseBody(["else", "end"]);
    if (body.end === "end") return { kind, pipeline, body: body.nodes, otherwise: [] };
    const [next, ...rest] = body.rest;
    if (next?.kind === "word" && (next.text === "if" || next.text === "with")) {
      // `else if` closes with the one `end` of the whole chain.
      return { kind, pipeline, body: body.nodes, otherwise: [parseBlock(next.text, rest)] };
    }
    return { kind, pipeline, body: body.nodes, otherwise: parseBody(["end"]).nodes };
  };
  return parseBody([]).nodes;
}

function parsePipeline(tokens: readonly Token[]): Pipeline {
  const { pipeline, at } = parsePipelineFrom(tokens, 0);
  if (at < tokens.length) {
    throw new Error(`template: "${tokens[at]?.text}" is not expected there`);
  }
  return pipeline;
}

function parsePipelineFrom(
  tokens: readonly Token[],
  start: number,
): { pipeline: Pipeline; at: number } {
  const declares = readDeclarations(tokens, start);
  let at = start + declares.tokens;
  const commands: Command[] = [];
  for (;;) {
    const command = parseCommand(tokens, at);
    if (command.operands.length === 0) throw new Error("template: a value is missing");
    commands.push({ operands: command.operands });
    at = command.at;
    if (!isSign(tokens[at], "|")) {
      const { names, assigns } = declares;
      return { pipeline: { declares: names, assigns, commands }, at };
    }
    at += 1;
  }
}

function readDeclarations(
  tokens: readonly Token[],
  start: number,
): { names: readonly string[]; tokens: number; assigns: boolean } {
  const [one, sign, two, last] = tokens.slice(start, start + 4);
  if (one?.kind !== "variable") return { names: [], tokens: 0, assigns: false };
  if (isSign(sign, ":=") || isSign(sign, "=")) {
    return { names: [one.text], tokens: 2, assigns: isSign(sign, "=") };
  }
  if (isSign(sign, ",") && two?.kind === "variable" && isSign(last, ":=")) {
    return { names: [one.text, two.text], tokens: 4, assigns: false };
  }
  return { names: [], tokens: 0, assigns: false };
}

function parseCommand(
  tokens: readonly Token[],
  start: number,
): { operands: Operand[]; at: number } {
  const operands: Operand[] = [];
  let at = start;
  for (;;) {
    const token = tokens[at];
    if (!token || isSign(token, "|") || isSign(token, ")")) return { operands, at };
    const operand = parseOperand(tokens, at);
    operands.push(operand.operand);
    at = operand.at;
  }
}

function parseOperand(tokens: readonly Token[], at: number): { operand: Operand; at: number } {
  const token = tokens[at] as Token;
  const single = (operand: Operand): { operand: Operand; at: number } => ({ operand, at: at + 1 });
  switch (token.kind) {
    case "string":
      return single({ kind: "value", value: token.text });
    case "number":
      return single({
        kind: "value",
        value: /^[+-]?(?:0x|\d+$)/.test(token.text)
          ? new GoInt(Number(token.text))
          : Number(token.text),
      });
    case "variable": {
      const { fields, end } = readFields(tokens, at + 1);
      return { operand: { kind: "variable", name: token.text, fields }, at: end };
    }
    case "word": {
      const constant = { true: true, false: false, nil: null }[token.text];
      return single(
        constant === undefined
          ? { kind: "function", name: token.text }
          : { kind: "value", value: constant },
      );
    }
    case "first-field": {
      const { fields, end } = readFields(tokens, at + 1);
      return { operand: { kind: "dot", fields: [token.text, ...fields] }, at: end };
    }
    case "field":
      throw new Error(`template: ".${token.text}" is not expected there`);
    case "sign":
      break;
  }
  if (token.text === ".") {
    const { fields, end } = readFields(tokens, at + 1);
    return { operand: { kind: "dot", fields }, at: end };
  }
  if (token.text !== "(") throw new Error(`template: "${token.text}" is not expected there`);
  const inner = parsePipelineFrom(tokens, at + 1);
  if (!isSign(tokens[inner.at], ")")) throw new Error('template: a ")" is missing');
  const { fields, end } = readFields(tokens, inner.at + 1);
  return { operand: { kind: "pipeline", pipeline: inner.pipeline, fields }, at: end };
}

function readFields(
  tokens: readonly Token[],
  start: number,
): { fields: readonly string[]; end: number } {
  const fields: string[] = [];
  let at = start;
  for (let token = tokens[at]; token?.kind === "field"; token = tokens[at]) {
    fields.push(token.text);
    at += 1;
  }
  return { fields, end: at };
}
