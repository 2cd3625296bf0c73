import { sendHttp } from "../stack/http.ts";

export type QueryResult<T> =
  | { readonly status: "ok"; readonly value: T }
  /** The server could not be asked. */
  | { readonly status: "no-answer"; readonly reason: string }
  /** The answer is more than one wants in memory at once. */
  | { readonly status: "too-large"; readonly maxBytes: number }
  /** The server answered that it will not. */
  | { readonly status: "refused"; readonly code: number; readonly reason: string };

/** GET of a JSON document from a server of the stack; `read` takes what it needs from it. */
export async function getJson<T>(
  url: string,
  parameters: Readonly<Record<string, string | undefined>>,
  read: (document: unknown) => T,
): Promise<QueryResult<T>> {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters))
    if (value !== undefined) search.set(key, value);
  const answer = await sendHttp({ url: `${url}?${search}`, timeoutMillis: 30_000 });
  if (answer.status !== "answered") return answer;
  if (answer.code !== 200) {
    return { status: "refused", code: answer.code, reason: answer.body.trim().slice(0, 500) };
  }
  try {
    return { status: "ok", value: read(JSON.parse(answer.body)) };
  } catch (error) {
    const reason = `the answer is not what was expected: ${(error as Error).message}`;
    return { status: "refused", code: answer.code, reason };
  }
}
