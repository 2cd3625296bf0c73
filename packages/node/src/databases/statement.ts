/** Longest statement in a span. */
const MAX_TEXT = 1_000;
/** A statement is read so far; a bulk insert may have megabytes. */
const MAX_READ = 8_000;

/** How texts are written, which must be known exactly: a wrong guess shows what it should hide. */
export type SqlDialect = {
  /** Characters that enclose a text; `"` encloses a name in PostgreSQL and a text in MySQL. */
  readonly quotes: string;
  /** Whether a backslash takes the next quote into the text. */
  readonly hasBackslash: boolean;
};

export const POSTGRESQL: SqlDialect = { quotes: "'", hasBackslash: false };
export const MYSQL: SqlDialect = { quotes: "'\"", hasBackslash: true };

/**
 * SQL without its values: texts and numbers become `?`, comments are left out, lists of values
 * become one. Names, keywords and placeholders stay. Reads the text once, from left to right.
 */
export function maskSql(sql: string, dialect: SqlDialect): string {
  const text = sql.length > MAX_READ ? sql.slice(0, MAX_READ) : sql;
  let masked = "";
  let at = 0;
  while (at < text.length && masked.length <= MAX_TEXT) {
    const token = readToken(text, at, dialect);
    masked += token.shown;
    at = token.end;
  }
  const isCut = at < text.length || text.length < sql.length;
  const joined = joinLists(masked.replace(/\s{1,100}/g, " ").trim()).slice(0, MAX_TEXT);
  return isCut ? `${joined}…` : joined;
}

/**
 * `SELECT`, `INSERT`, …: the first word of a statement where it is one of SQL's, in capitals.
 * Anything else could be a value.
 */
export function sqlOperation(sql: string): string | undefined {
  const head = sql.length > MAX_TEXT ? sql.slice(0, MAX_TEXT) : sql;
  let at = 0;
  while (at < head.length) {
    const end = skipBlank(head, at);
    if (end === at) break;
    at = end;
  }
  const word = /^[A-Za-z]{2,12}/.exec(head.slice(at, at + 13))?.[0]?.toUpperCase();
  return word !== undefined && SQL_OPERATIONS.has(word) ? word : undefined;
}

/** A command of Redis without its keys and values: `SET ? ?`. */
export function maskCommand(command: string, args: unknown): string {
  const count = Array.isArray(args) ? args.length : 0;
  const shown = " ?".repeat(Math.min(count, 8));
  return `${command.slice(0, 60)}${shown}${count > 8 ? " …" : ""}`;
}

/** The shape of a document: keys stay, values become `?`; at most 4 levels and 50 keys. */
export function maskDocument(document: unknown): string {
  let left = 50;
  const mask = (value: unknown, depth: number): unknown => {
    if (Array.isArray(value)) return value.length === 0 ? [] : [mask(value[0], depth + 1)];
    if (!isPlainObject(value) || depth > 4) return "?";
    const shape: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(value)) {
      if (left-- <= 0) break;
      shape[key.slice(0, 60)] = mask(value[key], depth + 1);
    }
    return shape;
  };
  return JSON.stringify(mask(document, 0)).slice(0, MAX_TEXT);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

type Token = { readonly shown: string; readonly end: number };

function readToken(text: string, at: number, dialect: SqlDialect): Token {
  const blankEnd = skipBlank(text, at);
  if (blankEnd > at) return { shown: " ", end: blankEnd };
  const char = text.charAt(at);
  if (dialect.quotes.includes(char)) {
    return { shown: "?", end: endOfQuoted(text, at, char, dialect.hasBackslash) };
  }
  if (char === '"' || char === "`") {
    const end = endOfQuoted(text, at, char, false);
    return { shown: text.slice(at, end), end };
  }
  if (char === "$") {
    const end = endOfDollarQuoted(text, at);
    if (end !== undefined) return { shown: "?", end };
  }
  // Letters first: the 1 of "t1" is no value, and $1 and :1 are placeholders.
  const word = /^[$@:]?[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]{0,200}|^[$:@]\d{1,9}/.exec(
    text.slice(at, at + 202),
  )?.[0];
  if (word !== undefined) return readWord(text, at, word, dialect);
  const number = /^\d[\w.]{0,200}/.exec(text.slice(at, at + 201))?.[0];
  if (number !== undefined) return { shown: "?", end: at + number.length };
  return { shown: char, end: at + 1 };
}

/** `E'…'`, `N'…'`, `x'…'`: the letter belongs to the text. */
function readWord(text: string, at: number, word: string, dialect: SqlDialect): Token {
  const end = at + word.length;
  const next = text.charAt(end);
  if (/^[EeNnXxBb]$/.test(word) && next !== "" && dialect.quotes.includes(next)) {
    const hasBackslash = dialect.hasBackslash || word.toUpperCase() === "E";
    return { shown: "?", end: endOfQuoted(text, end, next, hasBackslash) };
  }
  return { shown: word, end };
}

/** After the closing quote; a doubled quote belongs to the text. */
function endOfQuoted(text: string, start: number, quote: string, hasBackslash: boolean): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\" && hasBackslash) at++;
    else if (char === quote) {
      if (text.charAt(at + 1) !== quote) return at + 1;
      at++;
    }
  }
  return text.length;
}

/** `$$…$$` and `$tag$…$tag$` of PostgreSQL. */
function endOfDollarQuoted(text: string, at: number): number | undefined {
  const tag = /^\$(?:[A-Za-z_]\w{0,60})?\$/.exec(text.slice(at, at + 64))?.[0];
  if (tag === undefined) return undefined;
  const close = text.indexOf(tag, at + tag.length);
  return close === -1 ? text.length : close + tag.length;
}

/** Past one comment or a run of blanks; comments may hold anything, so they are not shown. */
function skipBlank(text: string, at: number): number {
  if (text.startsWith("--", at)) {
    const end = text.indexOf("\n", at);
    return end === -1 ? text.length : end + 1;
  }
  if (text.startsWith("/*", at)) {
    const end = text.indexOf("*/", at + 2);
    return end === -1 ? text.length : end + 2;
  }
  let end = at;
  while (end < text.length && text.charCodeAt(end) <= 32) end++;
  return end;
}

/** `(?, ?, ?)` and `(?), (?)` become `(?)`, so that one statement has one text. */
function joinLists(text: string): string {
  const values = text.replace(/\?(?:\s?,\s?\?){1,4000}/g, "?");
  return values.replace(/\(\?\)(?:\s?,\s?\(\?\)){1,4000}/g, "(?)");
}

const SQL_OPERATIONS: ReadonlySet<string> = new Set(
  (
    "SELECT INSERT UPDATE DELETE REPLACE MERGE UPSERT WITH VALUES TABLE CALL DO EXECUTE PREPARE " +
    "DEALLOCATE BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE END ABORT SET RESET SHOW USE " +
    "CREATE ALTER DROP TRUNCATE RENAME COMMENT GRANT REVOKE EXPLAIN DESCRIBE ANALYZE VACUUM " +
    "REINDEX CLUSTER REFRESH COPY LOAD LOCK UNLOCK LISTEN NOTIFY UNLISTEN DECLARE FETCH MOVE " +
    "CLOSE DISCARD CHECKPOINT OPTIMIZE REPAIR CHECK FLUSH KILL HANDLER PRAGMA"
  ).split(" "),
);
