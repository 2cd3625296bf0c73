const WHOLE_IDENTIFIER = /^#?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
const MAX_NAME = 128;

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "async await break case catch class const continue debugger default delete do else enum export " +
    "extends false finally for from function get if implements import in instanceof interface let new " +
    "null of package private protected public return set static super switch this throw true try " +
    "typeof undefined var void while with yield abstract declare override readonly type"
  ).split(" "),
);

/** Whether a text is a name that a person gave, and not a word of the language or a bundler's own. */
export function isSourceName(text: string): boolean {
  return (
    text.length <= MAX_NAME &&
    WHOLE_IDENTIFIER.test(text) &&
    !KEYWORDS.has(text) &&
    !text.startsWith("__WEBPACK_")
  );
}
