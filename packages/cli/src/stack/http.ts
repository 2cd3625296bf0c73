import { request } from "node:http";

export type HttpAnswer =
  | { readonly status: "answered"; readonly code: number; readonly body: string }
  | { readonly status: "no-answer"; readonly reason: string }
  | { readonly status: "too-large"; readonly maxBytes: number };

export interface HttpRequest {
  readonly url: string;
  readonly timeoutMillis: number;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the answer; default 32 MiB. */
  readonly maxBytes?: number;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * One request to a server on this machine. By node:http and not by `fetch`, which would cost the
 * long-lived supervisor some 10 MB of memory for features that loopback has no use for.
 */
export function sendHttp(options: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const fail = (reason: string): void => resolve({ status: "no-answer", reason });
    const { url, method = "GET", headers = {}, body, timeoutMillis } = options;
    const maxBytes = options.maxBytes ?? MAX_BODY_BYTES;
    const outgoing = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) {
          resolve({ status: "too-large", maxBytes });
          outgoing.destroy();
        } else {
          chunks.push(chunk);
        }
      });
      response.on("end", () =>
        resolve({
          status: "answered",
          code: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
      response.on("error", (error) => fail(error.message));
    });
    const deadline = setTimeout(
      () => outgoing.destroy(new Error(`no answer within ${timeoutMillis} ms`)),
      timeoutMillis,
    );
    outgoing.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    outgoing.on("close", () => clearTimeout(deadline));
    outgoing.end(body);
  });
}

/** Whether a health check answers 2xx. */
export async function isHealthy(url: string, timeoutMillis = 2_000): Promise<boolean> {
  const answer = await sendHttp({ url, timeoutMillis });
  return answer.status === "answered" && answer.code >= 200 && answer.code < 300;
}
