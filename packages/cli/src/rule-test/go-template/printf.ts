import { formatFixed, formatGeneral, formatShortest } from "./numbers.ts";
import { GoInt, type GoValue, printValue } from "./values.ts";

const VERB = /%([-+ 0#]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/** fmt.Sprintf, of the verbs that texts use. https://pkg.go.dev/fmt */
export function printf(format: string, operands: readonly GoValue[]): string {
  let next = 0;
  const text = format.replaceAll(VERB, (_all, flags, width, precision, verb) => {
    if (verb === "%") return "%";
    const value = operands[next];
    if (next >= operands.length) return `%!${verb}(MISSING)`;
    next += 1;
    const digits = precision === undefined ? undefined : Number(precision);
    return pad(formatVerb(verb, value, digits), flags, Number(width ?? 0));
  });
  if (next < operands.length) throw new Error(`printf ${quote(format)} has more values than verbs`);
  return text;
}

function formatVerb(verb: string, value: GoValue, digits: number | undefined): string {
  // A label that is not there, in Grafana.
  if (value === undefined || value === null) return verb === "v" ? "<nil>" : `%!${verb}(<nil>)`;
  const isFloat = typeof value === "number";
  switch (verb) {
    case "v":
      return printValue(value);
    case "s":
      if (typeof value === "string")
        return digits === undefined ? value : [...value].slice(0, digits).join("");
      break;
    case "q":
      if (typeof value === "string") return quote(value);
      break;
    case "d":
      if (value instanceof GoInt) return String(value.value);
      break;
    case "t":
      if (typeof value === "boolean") return String(value);
      break;
    case "f":
      if (isFloat) return formatFixed(value, digits ?? 6);
      break;
    case "g":
      if (isFloat)
        return digits === undefined ? formatShortest(value) : formatGeneral(value, digits);
      break;
  }
  throw new Error(`printf: %${verb} of ${printValue(value)} is not understood`);
}

function pad(text: string, flags: string, width: number): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0")) return text.padStart(width);
  const sign = /^[-+]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** strconv.Quote */
export function quote(text: string): string {
  const inner = text.replaceAll(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (sign) => {
    const known = ESCAPES[sign];
    if (known !== undefined) return known;
    const code = sign.codePointAt(0) ?? 0;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code > 0xffff
      ? `\\U${code.toString(16).padStart(8, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `"${inner}"`;
}
