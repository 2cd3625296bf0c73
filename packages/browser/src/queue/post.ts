import { FARO } from "@sightline/core";
import { type Answer, parseRetryAfter } from "./pace.ts";
import { type Batch, byteLength, encodeBody } from "./row.ts";

export interface Post {
  /** Asks the addresses in turn, from the one that worked last; calls `fetch` before it returns. */
  send(batch: Batch): Promise<Answer>;
  /** Bytes that a page which is going away may still send. */
  keepaliveBytes(): number;
  keepaliveRequests(): number;
  /** Which address works; may be set to what another page found. */
  url: number;
}

/** Browsers refuse more than 65,536 bytes of pending keepalive bodies per page; the page has needs of its own. */
const KEEPALIVE_BYTES = 60_000;
const KEEPALIVE_REQUESTS = 9;
const TIMEOUT_MILLIS = 30_000;

export function createPost(fetch: typeof globalThis.fetch, urls: readonly string[]): Post {
  let pendingBytes = 0;
  let pendingRequests = 0;

  const ask = async (url: string, body: string, bytes: number): Promise<Answer> => {
    const keepalive =
      bytes + pendingBytes <= KEEPALIVE_BYTES && pendingRequests < KEEPALIVE_REQUESTS;
    if (keepalive) {
      pendingBytes += bytes;
      pendingRequests++;
    }
    try {
      const { headers, status } = await fetch(
        `${url}${url.includes("?") ? "&" : "?"}${FARO.sentAtParameter}=${Date.now()}`,
        // A plain text is a simple request: no preflight, and no header that an old receiver refuses.
        { method: "POST", body, keepalive, signal: AbortSignal.timeout?.(TIMEOUT_MILLIS) ?? null },
      );
      // A page where the gateway was expected: a captive portal, or an app that answers every path.
      const isPage = status < 300 && (headers.get("content-type") ?? "").includes("html");
      return {
        status: isPage ? 404 : status,
        retryAfterMillis: parseRetryAfter(headers, Date.now()),
      };
    } catch {
      return { status: 0 };
    } finally {
      if (keepalive) {
        pendingBytes -= bytes;
        pendingRequests--;
      }
    }
  };

  const post: Post = {
    url: 0,
    async send(batch) {
      const body = encodeBody(batch);
      const bytes = byteLength(body);
      let first: Answer | undefined;
      for (const _ of urls) {
        const answer = await ask(urls[post.url % urls.length] ?? "", body, bytes);
        if (![0, 401, 403, 404, 405].includes(answer.status)) return answer;
        post.url = (post.url + 1) % urls.length;
        first ??= answer;
      }
      return first ?? { status: 0 };
    },
    keepaliveBytes: () => KEEPALIVE_BYTES - pendingBytes,
    keepaliveRequests: () => KEEPALIVE_REQUESTS - pendingRequests,
  };
  return post;
}
