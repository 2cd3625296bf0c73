import { CRASH_FIELD } from "@sightline/core";

/** Nobody asked for it, and it was no good end. Goes behind a stream selector. */
export const UNPLANNED: string = `${CRASH_FIELD.planned}!="true" | ${CRASH_FIELD.verdict}!="clean"`;

const HEADLINE = "headline";

/** The first line of a record says it in words: `web died: out of memory, proven (run 4, after 3m 12s)`. */
export function withHeadline(query: string): string {
  return `${query} | regexp \`^(?P<${HEADLINE}>[^\\n]*)\``;
}

export const HEADLINE_FORMAT: string = `{{.${HEADLINE}}}`;

/** How a label stands in the texts of an annotation. */
export const HEADLINE_TEXT: string = `{{${HEADLINE}}}`;
