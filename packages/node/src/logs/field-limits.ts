/**
 * Longest text of one field, and of all fields of a line, that secrets are looked for in, in
 * characters: a field is cut to less than that afterwards, and a giant one must not hold the host up.
 */
export const FIELD_LIMITS = { maxValueTextLength: 8_192, maxValueLength: 131_072 } as const;
