import { severityFromText } from "./severity-from-text.ts";

/** Keys of a level at the top of a JSON line, lower case. */
const LEVEL_KEYS: ReadonlySet<string> = new Set([
  "level",
  "severity",
  "lvl",
  "levelname",
  "level_name",
  "loglevel",
  "log_level",
  "log.level",
  "severitytext",
  "severity_text",
  "@l",
  "@level",
  "s",
]);

/** ECS nests it: `{"log":{"level":"info"}}`. */
const NESTED_PARENT = "log";

const MAX_CHARS = 16_384;

/**
 * Level in a JSON line, found by one walk over its characters: a nested `level` that belongs to
 * somebody's data does not count, and a line cut in the middle still gives its level, which
 * `JSON.parse` could not.
 */
export function findJsonLevel(line: string): string | undefined {
  const end = Math.min(line.length, MAX_CHARS);
  let depth = 0;
  let parent = "";
  let index = line.indexOf("{");
  while (index >= 0 && index < end) {
    const character = line[index];
    if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") depth -= 1;
    else if (character === '"') {
      const close = closingQuote(line, index + 1, end);
      const colon = skipSpaces(line, close + 1, end);
      if (line[colon] === ":" && depth <= 2) {
        const key = line.slice(index + 1, close).toLowerCase();
        if (isLevelKey(key, depth, parent)) {
          const value = readScalar(line, skipSpaces(line, colon + 1, end), end);
          if (value !== undefined && severityFromText(value) !== undefined) return value;
        }
        if (depth === 1) parent = key;
      }
      index = close;
    }
    index += 1;
  }
  return undefined;
}

function isLevelKey(key: string, depth: number, parent: string): boolean {
  if (depth === 1) return LEVEL_KEYS.has(key);
  return depth === 2 && parent === NESTED_PARENT && key === "level";
}

/** Position of the quote that ends a string, or `end`. */
function closingQuote(line: string, from: number, end: number): number {
  for (let index = from; index < end; index += 1) {
    if (line[index] === "\\") index += 1;
    else if (line[index] === '"') return index;
  }
  return end;
}

function skipSpaces(line: string, from: number, end: number): number {
  let index = from;
  while (index < end && (line[index] === " " || line[index] === "\t")) index += 1;
  return index;
}

function readScalar(line: string, from: number, end: number): string | undefined {
  if (line[from] === '"') {
    const close = closingQuote(line, from + 1, end);
    return close - from > 17 ? undefined : line.slice(from + 1, close);
  }
  return /^\d{1,3}(?![\d.])/.exec(line.slice(from, from + 4))?.[0];
}
