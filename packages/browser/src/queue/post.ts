import { FARO } from "@sightline/core";
import { type Answer, parseRetryAfter } from "./pace.ts";
import type { Batch } from "./queue.ts";
import { byteLength, encodeBody } from "./row.ts";

export interface Post {
  /** Asks the addresses in turn, from the one that worked last; calls `fetch` before it returns. */
  send(batch: Batch): Promise<Answer>;
  /** Bytes that a page which is going away may still send, in as many requests as a mirror picks. */
  room(): number;
  /** Which address works; may be set to what another page found. */
  url: number;
}

/** Browsers refuse more than 65,536 bytes of pending keepalive bodies; the page has needs of its own. */
const KEEPALIVE_BYTES = 60_000;
/** A mirror picks up to four more: browsers had a limit of nine. */
const KEEPALIVE_REQUESTS = 5;
const TIMEOUT_MILLIS = 20_000;
const NOTHING: Answer = { status: 0 };
/** No gateway, or one that does not know us: another address may. */
const ELSEWHERE = [0, 401, 403, 404, 405];

export function createPost(fetch: typeof globalThis.fetch, urls: readonly string[]): Post {
  let pendingBytes = 0;
  let pendingRequests = 0;

  const ask = async (url: string, body: string, keepalive: boolean): Promise<Answer> => {
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
      const retryAfterMillis = parseRetryAfter(headers, Date.now());
      return { status: isPage ? 404 : status, retryAfterMillis };
    } catch {
      return NOTHING;
    }
  };
  const room = (): number =>
    pendingRequests < KEEPALIVE_REQUESTS ? KEEPALIVE_BYTES - pendingBytes : 0;
  /** So that going away does not cancel it, where there is room; that may be used up by the page. */
  const askKept = async (url: string, body: string, bytes: number): Promise<Answer> => {
    if (bytes > room()) return NOTHING;
    pendingBytes += bytes;
    pendingRequests++;
    const answer = await ask(url, body, true);
    pendingBytes -= bytes;
    pendingRequests--;
    return answer;
  };

  const post: Post = {
    url: 0,
    async send({ meta, rows }) {
      const body = encodeBody(meta, rows);
      const bytes = byteLength(body);
      let first: Answer | undefined;
      for (const _ of urls) {
        // What was noted may be of a build that had more of them.
        const url = urls[post.url % urls.length] ?? "";
        const kept = await askKept(url, body, bytes);
        const answer = kept.status > 0 ? kept : await ask(url, body, false);
        if (!ELSEWHERE.includes(answer.status)) return answer;
        first ??= answer;
        post.url = (post.url + 1) % urls.length;
      }
      return first ?? NOTHING;
    },
    room,
  };
  return post;
}
