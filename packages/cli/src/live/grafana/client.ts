import axios, { AxiosError, type AxiosInstance, type AxiosResponse } from "axios";
import axiosRetry, { exponentialDelay, isNetworkError, retryAfter } from "axios-retry";
import { cleanLine } from "../../report/clean-text.ts";
import type { Answer, AnswerFault } from "./answer.ts";
import { permissionFor } from "./permissions.ts";

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
const MAX_BYTES = 128 * 1024 * 1024;
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

/** An answer that was cut comes as an error with its 200: that is a broken connection and no refusal. */
function refusalOf({ response }: AxiosError): AxiosResponse | undefined {
  return response !== undefined && response.status >= 300 ? response : undefined;
}

function readAnswer(response: AxiosResponse<string>, what: string, isWrite: boolean): Answer {
  const { status: code, data } = response;
  const text = typeof data === "string" ? data : "";
  if (text.trim() === "") {
    if (code === 204 || isWrite) return { status: "ok", code, value: undefined };
    return fault("not-grafana", code, `${what}: the answer is empty`);
  }
  try {
    return { status: "ok", code, value: JSON.parse(text) };
  } catch {
    const isPage = /^\s*<(!doctype|html)/i.test(text);
    const found = isPage ? "a web page" : `no JSON, or cut after ${text.length} characters`;
    return {
      ...fault("not-grafana", code, `${what}: the answer is ${found}`),
      advice: isPage
        ? "is there a login page or another server before Grafana? url must be Grafana's own, with its path"
        : "try again; a proxy between may cut answers",
    };
  }
}

function readFault(error: unknown, method: string, path: string, origin: string): AnswerFault {
  const isWrite = method !== "GET";
  const what = `${method} ${path}`;
  if (!(error instanceof AxiosError)) throw error;
  const refusal = refusalOf(error);
  if (refusal) return readRefusal(refusal as AxiosResponse<string>, what, path);
  if (error.code === "ERR_CANCELED") return fault("interrupted", undefined, "interrupted");
  if (/maxContentLength/.test(error.message)) {
    return fault("not-grafana", undefined, `${what}: the answer is larger than ${MAX_BYTES} bytes`);
  }
  return {
    ...fault("no-answer", undefined, `${what}: ${describeNetwork(error, origin)}`),
    advice: networkAdvice(error),
    isUncertain: isWrite && error.code !== "ECONNREFUSED" && error.code !== "ENOTFOUND",
  };
}

function readRefusal(response: AxiosResponse<string>, what: string, path: string): AnswerFault {
  const { status: code, data } = response;
  const said = readMessage(data);
  const message = `${what}: ${code}${said === "" ? "" : ` ${said}`}`;
  const isWrite = !what.startsWith("GET ");
  if (code >= 300 && code < 400) {
    const to = cleanLine(String(response.headers["location"] ?? "")).replace(/[?#].*$/, "");
    return {
      ...fault("not-grafana", code, `${what}: sent on to ${to || "another page"}`),
      advice: "url must be Grafana's own, not that of a login page or of plain http before https",
    };
  }
  if (code === 401) {
    const advice =
      "the token is wrong, expired, or of another Grafana; make one for a service account";
    return { ...fault("not-authorised", code, message), advice };
  }
  if (code === 403) {
    const needed = permissionFor(path, isWrite);
    const advice = needed === undefined ? undefined : `the token's account needs ${needed}`;
    return { ...fault("forbidden", code, message), advice };
  }
  if (code === 404) return fault("missing", code, message);
  if (code === 409 || code === 412) return fault("conflict", code, message);
  if (code === 429 || code >= 500) return fault("server", code, message);
  return fault("refused", code, message);
}

/** Grafana's own words: `message` of the legacy APIs and of the /apis ones; a page's are not shown. */
function readMessage(data: unknown): string {
  if (typeof data !== "string" || data.trim() === "") return "";
  try {
    const parsed = JSON.parse(data) as { message?: unknown; error?: unknown };
    const said = parsed.message ?? parsed.error;
    return typeof said === "string" ? cleanLine(said).slice(0, 400) : "";
  } catch {
    return /^\s*</.test(data) ? "(a web page)" : cleanLine(data).slice(0, 200);
  }
}

function describeNetwork(error: AxiosError, origin: string): string {
  if (error.code === "ECONNABORTED" || error.code === "ETIMEDOUT") {
    return `no answer from ${origin} in time`;
  }
  if (error.code === "ECONNREFUSED") return `nothing listens at ${origin}`;
  if (error.code === "ENOTFOUND") return `the name in ${origin} is not known`;
  return `the connection to ${origin} broke (${error.code ?? cleanLine(error.message)})`;
}

function networkAdvice({ code = "", message }: AxiosError): string | undefined {
  if (/CERT|SELF_SIGNED|ISSUER/.test(code)) {
    return "NODE_EXTRA_CA_CERTS=<file.pem> adds the authority that signed its certificate";
  }
  if (/proxy/i.test(message)) return "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY";
  return undefined;
}

function fault(kind: AnswerFault["kind"], code: number | undefined, message: string): AnswerFault {
  return { status: "fault", kind, code, message };
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
