/**
 * What engines say differently about one mistake, in the words of V8. Rows are tried in order; `$1`
 * is a name that is part of the problem; a row may be of one class alone. Names of local variables are left out: a minifier gives
 * others with each build.
 */
const SAME_MISTAKES: readonly (readonly [said: RegExp, common: string, onlyOf?: string])[] = [
  // Reading and setting are one: Firefox does not tell which it was.
  [
    /^Cannot (?:read|set) propert(?:y|ies) of (undefined|null) \((?:reading|setting) '([^']{1,80})'\)/,
    "Cannot read properties of $1 (reading '$2')",
  ],
  [
    /^Cannot (?:read|set) property '([^']{1,80})' of (undefined|null)/,
    "Cannot read properties of $2 (reading '$1')",
  ],
  [
    /^can't access property "([^"]{1,80})"(?: of |, .{0,200}? is )(undefined|null)/,
    "Cannot read properties of $2 (reading '$1')",
  ],
  [
    /^(undefined|null) is not an object \(evaluating '(?:delete )?[^'\n]{0,200}?\.([\w$]{1,80})(?: ?= ?[^'\n]{0,200})?'\)/,
    "Cannot read properties of $1 (reading '$2')",
  ],
  [/^(undefined|null) is not an object\b/, "Cannot read properties of $1"],
  [/^[\w$.[\]()]{1,200} is (undefined|null)$/, "Cannot read properties of $1", "TypeError"],
  [/^Can't find variable: ([\w$]{1,80})/, "$1 is not defined"],
  [
    /^(?:\(intermediate value\)|[\w$.[\]()"']{1,200}?)\.([\w$]{3,80}) is not a (function|constructor)\b/,
    "$1 is not a $2",
  ],
  [/^(?:\(intermediate value\)|[\w$]{1,2}) is not a (function|constructor)\b/, "is not a $1"],
  [/^([\w$]{3,80}) is not a (function|constructor)\b.{0,400}$/s, "$1 is not a $2"],
  [
    /^(?:undefined|null|[\w$.[\]()]{1,200}) is not (?:a function \(near |iterable)/,
    "value is not iterable",
  ],
  [/^too much recursion$/, "Maximum call stack size exceeded"],
  [/^Maximum call stack size exceeded\.?$/, "Maximum call stack size exceeded"],
  [/^invalid assignment to const\b/, "Assignment to constant variable"],
  [/^Assignment to constant variable\b/, "Assignment to constant variable"],
  [
    /^(?:Failed to fetch dynamically imported module|error loading dynamically imported module|Importing a module script failed)\b/,
    "Failed to fetch dynamically imported module",
  ],
  [
    /^(?:Failed to fetch|NetworkError when attempting to fetch resource\.|Load failed|The network connection was lost\.|The Internet connection appears to be offline\.)(?: \(.{1,200}\))?$/,
    "Failed to fetch",
  ],
  [
    /^(?:Unexpected end of JSON input|JSON\.parse: unexpected end of data\b|JSON Parse error: Unexpected EOF)/,
    "Unexpected end of JSON input",
  ],
  [
    /^(?:Unexpected token .{1,80}? (?:is not valid JSON|in JSON at position)|JSON\.parse: |JSON Parse error: |Expected .{1,80} in JSON at position)/s,
    "value is not valid JSON",
  ],
  [/^ResizeObserver loop\b/, "ResizeObserver loop"],
  [
    /^(?:invalid array length|Invalid array length|Array size is not a small enough positive integer\.)/,
    "Invalid array length",
  ],
  [
    /^(?:The user aborted a request\.|signal is aborted without reason|The operation was aborted\.|Fetch is aborted)/,
    "The operation was aborted",
  ],
];

/** Firefox's own class for what is a RangeError everywhere else. */
const SAME_TYPES: Readonly<Record<string, string>> = { InternalError: "RangeError" };
/** Classes that engines throw, and what a browser calls an error of which it tells no class. */
const ENGINE_TYPES: ReadonlySet<string> = new Set([
  ...["TypeError", "ReferenceError", "RangeError", "SyntaxError", "InternalError"],
  ...["AbortError", "NetworkError", "ResizeObserverError", "ErrorEvent", "Error", ""],
]);
const MAX_CHARACTERS = 1_024;

/** Type and message of an error as every engine would have told it. */
export interface EngineError {
  readonly type: string;
  readonly message: string;
}

/**
 * The same for one mistake in Chrome, Firefox and Safari: each has words of its own for calling what
 * is no function, or reading a property of `undefined`. For fingerprints only; people are shown what
 * was said. A message of nobody's engine stays as it is.
 */
export function toCommonError({ type, message }: EngineError): EngineError {
  const head = message.slice(0, MAX_CHARACTERS);
  if (!ENGINE_TYPES.has(type)) return { type, message };
  for (const [pattern, common, onlyOf] of SAME_MISTAKES) {
    if (onlyOf !== undefined && onlyOf !== type) continue;
    const match = pattern.exec(head);
    if (match === null) continue;
    const said = common.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "");
    return { type: SAME_TYPES[type] ?? type, message: said };
  }
  return { type, message };
}
