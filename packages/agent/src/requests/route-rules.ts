/** What stands in a route for a part that is different with each request. */
const ANY = "{id}";
/** Deeper paths differ in what a route need not tell. */
const MAX_SEGMENTS = 12;
const REST = "{rest}";

/**
 * A route for a path that no template fits: what looks like an id, a date, a token or a person's
 * address becomes `{id}`, a static file `{file}.js`. Words stay, so `/blog/how-we-work` is a route of
 * its own; templates or the limit of routes take care of those.
 */
export function toRouteByRule(path: string): string {
  const segments = path.split("/", MAX_SEGMENTS + 2).filter((segment) => segment !== "");
  const kept = segments.slice(0, MAX_SEGMENTS).map((segment, index) => {
    const text = readSegment(segment);
    const isLast = index === segments.length - 1;
    return (isLast ? toStaticFile(text) : undefined) ?? (isVariable(text) ? ANY : text);
  });
  if (segments.length > MAX_SEGMENTS) kept.push(REST);
  return `/${kept.join("/")}`;
}

/** Decoded, and without Tomcat's `;jsessionid=…`. */
function readSegment(segment: string): string {
  const semicolon = segment.indexOf(";");
  const text = semicolon > 0 ? segment.slice(0, semicolon) : segment;
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const STATIC_FILE =
  /\.(css|m?js|map|png|jpe?g|gif|svg|ico|webp|avif|bmp|woff2?|ttf|eot|otf|mp3|mp4|webm|ogg|wasm|pdf|zip|gz)$/i;

function toStaticFile(text: string): string | undefined {
  const extension = STATIC_FILE.exec(text)?.[1];
  return extension === undefined ? undefined : `{file}.${extension.toLowerCase()}`;
}

const MAX_WORD_LENGTH = 40;

/** Each tests one segment. The first that fits is enough. */
const VARIABLE: readonly ((text: string) => boolean)[] = [
  // Longer than a word, or no text that a programmer would put into a route.
  (text) => text.length > MAX_WORD_LENGTH || /[^\w.~@:+!$&'()*,=-]/.test(text),
  // 17, -3, 1.5, 12,4 (numbers, versions, coordinates), 2024-01-31, 20240131T1200Z
  (text) => /^[-+]?\d[\d.,:_TZ+-]*$/.test(text),
  // A UUID, with or without dashes, and any hexadecimal id from 8 digits on.
  (text) => /^[\da-f]{8}(?:-?[\da-f]{4}){3}-?[\da-f]{12}$/i.test(text),
  (text) => /^[\da-f]{8,}$/i.test(text) && /\d/.test(text),
  // ULID
  (text) => /^[0-7][\dA-HJKMNP-TV-Z]{25}$/i.test(text),
  // a@b.example, @name
  (text) => text.includes("@"),
  // order-4711, user_12, INV2024001
  (text) => /^[A-Za-z]{1,20}(?:[-_.:]\d+|\d{3,})$/.test(text),
  // From 20 characters on, words have no digits: tokens, keys, slugs with an id.
  (text) => text.length >= 20 && /\d/.test(text),
  // Base64 without a digit: aGVsbG9Xb3JsZA
  (text) => text.length >= 12 && countClassChanges(text) >= 6,
  // dQw4w9WgXcQ, cus_NffrFeUfNV2Hib
  (text) => text.length >= 8 && /\d/.test(text) && countClassChanges(text) >= 5,
];

function isVariable(text: string): boolean {
  return VARIABLE.some((test) => test(text));
}

/**
 * How often a letter or digit is of another kind (small, capital, digit) than the one before it.
 * Words change rarely; in `getUserByName` each capital begins a word, which counts once.
 */
function countClassChanges(text: string): number {
  let changes = 0;
  let last = "";
  for (const character of text) {
    const kind = kindOf(character);
    const isWordStart = last === "capital" && kind === "small";
    if (last !== "" && kind !== last && !isWordStart) changes += 1;
    last = kind;
  }
  return changes;
}

function kindOf(character: string): "digit" | "capital" | "small" {
  if (character >= "0" && character <= "9") return "digit";
  return character >= "A" && character <= "Z" ? "capital" : "small";
}
