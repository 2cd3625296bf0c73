/** One post as search reads it. There is no index on purpose: this route is here to cost CPU. */
export interface SearchDocument {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly comments: string;
}

export interface SearchResult {
  readonly id: number;
  readonly title: string;
  readonly excerpt: string;
  readonly score: number;
}

const WEIGHT = { title: 3, body: 1, comments: 0.5 } as const;
const EXCERPT_LENGTH = 120;

/** The documents that hold every word of the query, one typing mistake forgiven, best first. */
export function rankDocuments(
  query: string,
  documents: readonly SearchDocument[],
  limit: number,
): SearchResult[] {
  const terms = splitWords(query);
  return documents
    .map((document) => toResult(document, terms))
    .filter((result) => result.score > 0)
    .toSorted((left, right) => right.score - left.score || right.id - left.id)
    .slice(0, limit);
}

export function splitWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function toResult(document: SearchDocument, terms: readonly string[]): SearchResult {
  const fields = (["title", "body", "comments"] as const).map((name) => ({
    weight: WEIGHT[name],
    words: splitWords(document[name]),
  }));
  const scores = terms.map((term) =>
    fields.reduce((sum, field) => sum + field.weight * countMatches(term, field.words), 0),
  );
  const score = scores.every((value) => value > 0) ? scores.reduce((sum, one) => sum + one, 0) : 0;
  return {
    id: document.id,
    title: document.title,
    excerpt: score > 0 ? excerptOf(document.body, terms) : "",
    score: Math.round(score * 100) / 100,
  };
}

function countMatches(term: string, words: readonly string[]): number {
  let sum = 0;
  for (const word of words) {
    if (word === term) sum += 1;
    else if (word.startsWith(term)) sum += 0.7;
    else if (term.length >= 4 && isOneEditApart(term, word)) sum += 0.4;
  }
  return sum;
}

/** True when one letter more, less, different, or two neighbours swapped make them equal. */
export function isOneEditApart(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > 1) return false;
  let start = 0;
  while (start < left.length && left[start] === right[start]) start += 1;
  const restLeft = left.slice(start);
  const restRight = right.slice(start);
  if (restLeft.slice(1) === restRight.slice(1)) return true;
  if (restLeft.slice(1) === restRight || restLeft === restRight.slice(1)) return true;
  return (
    restLeft.slice(2) === restRight.slice(2) &&
    restLeft[0] === restRight[1] &&
    restLeft[1] === restRight[0]
  );
}

function excerptOf(body: string, terms: readonly string[]): string {
  const lower = body.toLowerCase();
  const found = terms.map((term) => lower.indexOf(term)).filter((index) => index >= 0);
  const middle = found.length === 0 ? 0 : Math.min(...found);
  const from = Math.max(0, middle - EXCERPT_LENGTH / 3);
  const text = body.slice(from, from + EXCERPT_LENGTH);
  return `${from > 0 ? "…" : ""}${text}${from + EXCERPT_LENGTH < body.length ? "…" : ""}`;
}
