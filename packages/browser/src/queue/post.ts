import { FARO } from "@sightline/core";
import { type Answer, parseRetryAfter } from "./pace.ts";
import type { Batch } from "./queue.ts";
import { byteLength, encodeBody } from "./row.ts";

export interface Post {
  /** Asks the addresses in turn, from the one that worked last; calls `fetch` before it returns. */
  send(batch: Batch): Promise<Answer>;
  /** Bytes that a page which is going away may still send. */
  room(): number;
  /** Which address works; may be set to what another page found. */
  url: number;
}

/** Browsers refuse more than 65,536 bytes of pending keepalive bodies; the page has needs of its own. */
const KEEPALIVE_BYTES = 60_000;
const KEEPALIVE_REQUESTS = 9;
const TIMEOUT_MILLIS = 20_000;
/** No gateway, or one that does not know us: another address may. */
const ELSEWHERE = [0, 401, 403, 404, 405];

export function createPost(fetch: typeof globalThis.fetch, urls: readonly string[]): Post {
  let pendingBytes = 0;
  let pendingRequests = 0;

  const ask = async (url: string, body: string, bytes: number): Promise<Answer> => {
    const keepalive =
      bytes + pendingBytes <= KEEPALIVE_BYTES && pendingRequests < KEEPALIVE_REQUESTS;
    const count = (sign: number): void => {
      pendingBytes += sign * bytes;
      pendingRequests += sign;
    };
    if (keepalive) count(1);
    try {
      const { headers, status } = await fetch(`${url}?${FARO.sentAtParameter}=${Date.now()}`, {
        // A plain text is a simple request: no preflight, and no header that a receiver may refuse.
        method: "POST",
        body,
        keepalive,
        signal: AbortSignal.timeout?.(TIMEOUT_MILLIS) ?? null,
      });
      // A page where the gateway was expected: a captive portal, or an app that answers every path.
      const isPage = status < 300 && /html/.test(headers.get("content-type") ?? "");
      return {
        status: isPage ? 404 : status,
        retryAfterMillis: parseRetryAfter(headers, Date.now()),
      };
    } catch {
      return { status: 0 };
    } finally {
      if (keepalive) count(-1);
    }
  };

  const post: Post = {
    url: 0,
    async send({ meta, rows }) {
      const body = encodeBody(meta, rows);
      const bytes = byteLength(body);
      let first: Answer | undefined;
      for (const _ of urls) {
        const answer = await ask(urls[post.url] ?? "", body, bytes);
        if (!ELSEWHERE.includes(answer.status)) return answer;
        first ??= answer;
        post.url = (post.url + 1) % urls.length;
      }
      return first ?? { status: 0 };
    },
    room: () => (pendingRequests > KEEPALIVE_REQUESTS / 2 ? 0 : KEEPALIVE_BYTES - pendingBytes),
  };
  return post;
}
