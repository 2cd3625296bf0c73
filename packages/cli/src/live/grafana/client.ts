import axios, { type AxiosError, type AxiosInstance } from "axios";
import axiosRetry, { exponentialDelay, isNetworkError, retryAfter } from "axios-retry";
import type { Answer } from "./answer.ts";
import { MAX_BYTES, readAnswer, readFault, refusalOf } from "./read-answer.ts";

export interface ClientOptions {
  /** Base, with a path where Grafana is served below one, without a slash at the end. */
  readonly url: string;
  readonly token: string | undefined;
  readonly orgId?: number | undefined;
  /** Of one request, its answer included; 30 s without it. */
  readonly timeoutMillis?: number;
  /** First wait before a request is sent again; doubles. 100 ms without it. */
  readonly retryMillis?: number;
  /** Called when the server asks to be spared: 429, 5xx, a locked database. */
  readonly onStrain?: () => void;
}

export interface GrafanaClient {
  readonly origin: string;
  readonly get: (path: string, options?: GetOptions) => Promise<Answer>;
  readonly write: (
    method: "POST" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
  /** Everything that was sent so far, repeats included. */
  readonly counts: () => { readonly requests: number; readonly writes: number };
}

export interface GetOptions {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly signal?: AbortSignal;
}

const RETRIES = 4;
/** Who asks for a longer wait is told to the user instead of being waited for. */
const MAX_RETRY_AFTER_MILLIS = 60_000;

/**
 * Grafana's HTTP API. Proxies are taken from HTTP_PROXY, HTTPS_PROXY and NO_PROXY, certificates of an
 * own authority from NODE_EXTRA_CA_CERTS. Sent again are 429 (after Retry-After), 502 to 504, a
 * database that is locked, and what found no connection; never other answers.
 */
export function createGrafanaClient(options: ClientOptions): GrafanaClient {
  const { origin, base, authorization } = readUrl(options);
  let requests = 0;
  let writes = 0;
  const http = createHttp(base, authorization, options);
  http.interceptors.request.use((config) => {
    requests += 1;
    if (config.method !== "get") writes += 1;
    return config;
  });
  const send = async (
    method: string,
    path: string,
    rest: { params?: unknown; data?: unknown; signal?: AbortSignal; headers?: object },
  ): Promise<Answer> => {
    const isWrite = method !== "GET";
    try {
      const response = await http.request<string>({ method, url: path, ...rest } as object);
      return readAnswer(response, `${method} ${path}`, isWrite);
    } catch (error) {
      return readFault(error, method, path, origin);
    }
  };
  return {
    origin,
    get: (path, { params, signal } = {}) =>
      send("GET", path, { ...(params && { params }), ...(signal && { signal }) }),
    write: (method, path, body, headers) =>
      send(method, path, {
        ...(body !== undefined && { data: body }),
        ...(headers && { headers }),
      }),
    counts: () => ({ requests, writes }),
  };
}

function createHttp(
  base: string,
  authorization: string | undefined,
  options: ClientOptions,
): AxiosInstance {
  const http = axios.create({
    baseURL: base,
    timeout: options.timeoutMillis ?? 30_000,
    // As it came: an answer that is cut or no JSON must be told apart from one that is.
    responseType: "text",
    transformResponse: (text: unknown) => text,
    maxRedirects: 0,
    maxContentLength: MAX_BYTES,
    headers: {
      Accept: "application/json",
      "User-Agent": "sightline",
      ...(authorization && { Authorization: authorization }),
      ...(options.orgId !== undefined && { "X-Grafana-Org-Id": String(options.orgId) }),
    },
  });
  axiosRetry(http, {
    retries: RETRIES,
    shouldResetTimeout: true,
    retryCondition: isWorthRepeating,
    retryDelay: (count, error) => exponentialDelay(count, error, options.retryMillis ?? 100),
    onRetry: (_count, error) => {
      if (error.response) options.onStrain?.();
    },
  });
  return http;
}

function isWorthRepeating(error: AxiosError): boolean {
  const response = refusalOf(error);
  if (response) {
    const { status, data } = response;
    if (status === 429) return retryAfter(error) <= MAX_RETRY_AFTER_MILLIS;
    // SQLite's answer when two write at once; the transaction was given up, so nothing is stored.
    if (status === 500) return typeof data === "string" && data.includes("database is locked");
    return status >= 502 && status <= 504;
  }
  // Certificates and names that are wrong stay wrong.
  if (/maxContentLength/.test(error.message) || error.code === "ERR_CANCELED") return false;
  if (
    !(isNetworkError(error) || error.response) ||
    /CERT|SELF_SIGNED|ENOTFOUND|ALTNAME/.test(error.code ?? "")
  ) {
    return false;
  }
  const isIdempotent = error.config?.method !== "post";
  return isIdempotent || error.code === "ECONNREFUSED";
}

/** A name and password in the URL are sent as such, and are in no text. */
function readUrl({ url, token }: ClientOptions): {
  readonly origin: string;
  readonly base: string;
  readonly authorization: string | undefined;
} {
  const parsed = new URL(url);
  const basic =
    parsed.username === ""
      ? undefined
      : `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
  parsed.username = "";
  parsed.password = "";
  const base = parsed.href.replace(/\/+$/, "");
  const authorization =
    token !== undefined
      ? `Bearer ${token}`
      : basic && `Basic ${Buffer.from(basic).toString("base64")}`;
  return { origin: base, base, authorization };
}
