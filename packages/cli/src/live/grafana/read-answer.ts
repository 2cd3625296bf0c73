import { AxiosError, type AxiosResponse } from "axios";
import { cleanLine } from "../../report/clean-text.ts";
import type { Answer, AnswerFault } from "./answer.ts";
import { permissionFor } from "./permissions.ts";

/** Of one answer. */
export const MAX_BYTES = 128 * 1024 * 1024;

/** An answer that was cut comes as an error with its 200: that is a broken connection and no refusal. */
export function refusalOf({ response }: AxiosError): AxiosResponse | undefined {
  return response !== undefined && response.status >= 300 ? response : undefined;
}

export function readAnswer(
  response: AxiosResponse<string>,
  what: string,
  isWrite: boolean,
): Answer {
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

export function readFault(
  error: unknown,
  method: string,
  path: string,
  origin: string,
): AnswerFault {
  const isWrite = method !== "GET";
  const what = `${method} ${path}`;
  if (isProxyUnreadable(error)) {
    return {
      ...fault("no-answer", undefined, `${what}: the address of the proxy is no URL`),
      advice: "check HTTPS_PROXY and HTTP_PROXY; expected http://host:port",
    };
  }
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

/** Grafana's own address was read before the first request, so another one is meant. */
function isProxyUnreadable(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === "ERR_INVALID_URL";
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
  if (code === 404) return { ...fault("missing", code, message), advice: missingAdvice(path) };
  if (code === 409 || code === 412) return fault("conflict", code, message);
  if (code === 429 || code >= 500) return fault("server", code, message);
  return fault("refused", code, message);
}

function missingAdvice(path: string): string | undefined {
  return path.startsWith("/api/v1/provisioning/") || path === "/api/health"
    ? "url must be Grafana's own, with its path, and its alerting must be on ([unified_alerting] enabled)"
    : undefined;
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
