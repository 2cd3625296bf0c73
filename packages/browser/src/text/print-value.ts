import { cutAtWord } from "@sightline/core";
import { attempt } from "../page/natives.ts";

import { errorMessage, isHttpErrorResponse } from "./error-message.ts";

const MAX_DEPTH = 4;
const MAX_ENTRIES = 50;
const MAX_NODES = 500;
const MAX_TEXT = 8192;

/** Longest text of one line; the rest is cut at a word, since half a secret is not recognised. */
export function shorten(text: string, maxLength: number = MAX_TEXT): string {
  if (text.length <= maxLength) return text;
  const kept = cutAtWord(text, maxLength);
  return `${kept}… [${text.length - kept.length} characters cut]`;
}

interface Walk {
  readonly path: unknown[];
  nodes: number;
  characters: number;
}

/**
 * Any value as text: cycles, getters and proxies that throw, and size are handled. Of elements it
 * tells the tag and never the content, which may be what somebody typed.
 */
export function printValue(value: unknown): string {
  return print(value, { path: [], nodes: 0, characters: 0 }, false);
}

function print(value: unknown, walk: Walk, quoted: boolean): string {
  walk.nodes += 1;
  if (walk.nodes > MAX_NODES || walk.characters > MAX_TEXT) return "…";
  try {
    if (typeof value === "string") {
      const text = shorten(value);
      walk.characters += text.length;
      return quoted ? JSON.stringify(text) : text;
    }
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "function") return `[function ${value.name}]`;
    if (typeof value !== "object" || value === null) return String(value);
    return printObject(value, walk);
  } catch {
    return "[unreadable]";
  }
}

function printObject(value: object, walk: Walk): string {
  if (value instanceof Error || isHttpErrorResponse(value)) {
    return `${value.name}: ${errorMessage(value)}`;
  }
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? "[no date]" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof Node) return `<${value.nodeName.toLowerCase()}>`;
  if (value instanceof Event) return `[${value.constructor.name} ${value.type}]`;
  if (walk.path.includes(value)) return "[circular]";
  if (walk.path.length >= MAX_DEPTH) return Array.isArray(value) ? "[…]" : "{…}";
  walk.path.push(value);
  const text = printEntries(value, walk);
  walk.path.pop();
  return text;
}

function printEntries(value: object, walk: Walk): string {
  if (Array.isArray(value)) return `[${list(value, value.length, walk)}]`;
  if (value instanceof Set) return `Set [${list([...take(value)], value.size, walk)}]`;
  if (value instanceof Map) return `Map {${list([...take(value)], value.size, walk)}}`;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return `[${value.constructor.name} of ${value.byteLength} bytes]`;
  }
  const keys = Object.keys(value);
  const entries = keys.slice(0, MAX_ENTRIES).map((key) => {
    let entry: unknown;
    try {
      entry = (value as Record<string, unknown>)[key];
    } catch {
      return `${JSON.stringify(key)}:[unreadable]`;
    }
    return `${JSON.stringify(key)}:${print(entry, walk, true)}`;
  });
  return `{${entries.join(",")}${more(keys.length)}}`;
}

function list(items: readonly unknown[], length: number, walk: Walk): string {
  const texts = items.slice(0, MAX_ENTRIES).map((item) => print(item, walk, true));
  return texts.join(",") + more(length);
}

function more(length: number): string {
  return length > MAX_ENTRIES ? `,… ${length - MAX_ENTRIES} more` : "";
}

function* take<T>(items: Iterable<T>): Iterable<T> {
  let count = 0;
  for (const item of items) {
    if (count >= MAX_ENTRIES) return;
    count += 1;
    yield item;
  }
}

/** What the console would show: the directives of its first text are filled in, styles are left out. */
export function printArguments(args: readonly unknown[]): string {
  const [first] = args;
  if (typeof first !== "string" || !first.includes("%")) {
    return shorten(args.map(printArgument).join(" "));
  }
  let next = 1;
  // https://console.spec.whatwg.org/#formatter
  const filled = shorten(first).replace(/%([sdifoOc%])/g, (directive, letter: string) => {
    if (letter === "%") return "%";
    if (next >= args.length) return directive;
    const value = args[next];
    next += 1;
    return letter === "c" ? "" : printValue(value);
  });
  return shorten([filled, ...args.slice(next).map(printArgument)].join(" "));
}

/** An error that is printed by itself has its stack below it, as in the console. */
function printArgument(value: unknown): string {
  const text = printValue(value);
  if (!(value instanceof Error)) return text;
  const stack = attempt(() => value.stack);
  if (typeof stack !== "string") return text;
  return stack.startsWith(text) ? stack : `${text}\n${stack}`;
}
