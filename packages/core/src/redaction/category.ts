/** What was taken out, and how often it is counted under. `failed`: a value that could not be read. */
export const REDACTION_CATEGORIES = [
  "key",
  "authorization",
  "cookie",
  "jwt",
  "private_key",
  "access_token",
  "credit_card",
  "email",
  "url_credentials",
  "url_query",
  "custom",
  "failed",
] as const;
export type RedactionCategory = (typeof REDACTION_CATEGORIES)[number];

/** What stands where something was, `[redacted:email]`. */
export function redactionMark(category: RedactionCategory): string {
  return `[redacted:${category}]`;
}

/** Tells the counter that something of this category was taken out. */
export type CountRedaction = (category: RedactionCategory) => void;
