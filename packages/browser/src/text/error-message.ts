/**
 * Angular's, which is no `Error`: beside its message it has the body and the headers of an answer, and
 * the whole address.
 */
export function isHttpErrorResponse(value: object): value is Error {
  return (value as Partial<Error>).name === "HttpErrorResponse" && "message" in value;
}

/** Where an error names its address, the message has the address without query and fragment. */
export function errorMessage(error: {
  readonly message?: unknown;
  readonly url?: unknown;
}): string {
  const message = String(error.message ?? "");
  const { url } = error;
  if (typeof url !== "string" || !/[?#]/.test(url)) return message;
  return message.replaceAll(url, url.replace(/[?#].*/s, ""));
}
