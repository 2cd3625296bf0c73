/** A parsed expression of kind "math". */
export type MathNode =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "variable"; readonly refId: string }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: MathNode }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: MathNode;
      readonly right: MathNode;
    }
  | { readonly kind: "call"; readonly name: string; readonly operands: readonly MathNode[] };

/** Weakest first, all from the left; as in Grafana's pkg/expr/mathexp/parse/parse.go. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", ">", ">=", "<", "<="],
  ["+", "-"],
  ["*", "/", "%"],
  ["**"],
];

const TOKEN =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|0[xX][0-9a-fA-F]+)|\$\{([^}]+)\}|\$([A-Za-z_][A-Za-z0-9_]*)|([A-Za-z_][A-Za-z0-9_]*)|(\*\*|\|\||&&|==|!=|>=|<=|[-+*/%<>!(),]))/y;

interface Token {
  readonly kind: "number" | "variable" | "name" | "sign" | "end";
  readonly text: string;
}

/** Throws with what is wrong: Grafana refuses such a rule, too. */
export function parseMath(text: string): MathNode {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): Token => tokens[at] ?? { kind: "end", text: "the end" };
  const take = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };
  const expect = (sign: string): void => {
    const token = take();
    if (token.text !== sign) throw fault(text, `expected "${sign}", got "${token.text}"`);
  };
  const parseLevel = (level: number): MathNode => {
    const operators = LEVELS[level];
    if (!operators) return parseOperand();
    let left = parseLevel(level + 1);
    while (peek().kind === "sign" && operators.includes(peek().text)) {
      const operator = take().text;
      left = { kind: "binary", operator, left, right: parseLevel(level + 1) };
    }
    return left;
  };
  const parseOperand = (): MathNode => {
    const token = take();
    if (token.kind === "number") return { kind: "number", value: Number(token.text) };
    if (token.kind === "variable") return { kind: "variable", refId: token.text };
    if (token.kind === "name") return parseCall(token.text);
    if (token.text === "(") {
      const inner = parseLevel(0);
      expect(")");
      return inner;
    }
    if (token.text === "!" || token.text === "-") {
      return { kind: "unary", operator: token.text, operand: parseOperand() };
    }
    throw fault(text, `"${token.text}" is not expected there`);
  };
  const parseCall = (name: string): MathNode => {
    expect("(");
    const operands: MathNode[] = [];
    while (peek().text !== ")") {
      if (operands.length > 0) expect(",");
      operands.push(parseLevel(0));
    }
    expect(")");
    return { kind: "call", name, operands };
  };
  const node = parseLevel(0);
  if (peek().kind !== "end") throw fault(text, `"${peek().text}" is not expected there`);
  return node;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.trimEnd().length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw fault(text, `"${text.slice(at, at + 10)}" is not understood`);
    const [, number, braced, plain, name, sign] = match;
    at = TOKEN.lastIndex;
    if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (braced ?? plain) tokens.push({ kind: "variable", text: braced ?? plain ?? "" });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else tokens.push({ kind: "sign", text: sign ?? "" });
  }
  return tokens;
}

function fault(text: string, what: string): Error {
  return new Error(`math "${text}": ${what}`);
}
