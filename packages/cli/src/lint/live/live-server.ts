import { performance } from "node:perf_hooks";
import type { Model, Source } from "../../compile/model.ts";
import { type Context, serverUrl } from "../../context.ts";
import { createGrafanaClient } from "../../live/grafana/client.ts";
import { resolveSecret } from "../../live/resolve-secret.ts";
import { sendHttp } from "../../stack/http.ts";

export type LiveAnswer =
  /** `data` of Prometheus' and Loki's answers. */
  | { readonly status: "ok"; readonly data: unknown; readonly millis: number }
  /** The server answered that it will not: the query itself is at fault. */
  | { readonly status: "refused"; readonly reason: string }
  | { readonly status: "no-answer"; readonly reason: string };

/** Prometheus or Loki of a target, asked over its own HTTP API or through its Grafana. */
export interface LiveServer {
  readonly title: string;
  readonly ask: (
    path: string,
    parameters: Readonly<Record<string, string>>,
    timeoutMillis?: number,
  ) => Promise<LiveAnswer>;
}

const TITLES: Readonly<Record<Source, string>> = { prometheus: "Prometheus", loki: "Loki" };
/** A week of an expensive query takes its time. */
const TIMEOUT_MILLIS = 60_000;

export function createLiveServer(context: Context, model: Model, source: Source): LiveServer {
  const { target } = model;
  if (target.kind === "stack") {
    const base = serverUrl(context, source);
    return {
      title: TITLES[source],
      ask: (path, parameters, timeoutMillis = TIMEOUT_MILLIS) =>
        askServer(base, path, parameters, timeoutMillis),
    };
  }
  const token = target.token && resolveSecret(target.token, context.io.env);
  if (token?.status === "missing") {
    const answer: LiveAnswer = { status: "no-answer", reason: token.reason };
    return { title: TITLES[source], ask: async () => answer };
  }
  const client = createGrafanaClient({
    url: target.url,
    token: token?.value,
    orgId: target.orgId,
    timeoutMillis: TIMEOUT_MILLIS,
  });
  const proxy = `/api/datasources/proxy/uid/${encodeURIComponent(target.datasources[source])}`;
  return {
    title: `${TITLES[source]} behind ${new URL(target.url).host}`,
    ask: async (path, params) => {
      const startMillis = performance.now();
      const answer = await client.get(`${proxy}${path}`, { params });
      const millis = performance.now() - startMillis;
      if (answer.status === "ok") return { status: "ok", data: dataOf(answer.value), millis };
      const isRefusal = answer.code === 400 || answer.code === 422;
      return { status: isRefusal ? "refused" : "no-answer", reason: answer.message };
    },
  };
}

async function askServer(
  base: string,
  path: string,
  parameters: Readonly<Record<string, string>>,
  timeoutMillis: number,
): Promise<LiveAnswer> {
  const startMillis = performance.now();
  const url = `${base}${path}?${new URLSearchParams(parameters)}`;
  const answer = await sendHttp({ url, timeoutMillis });
  const millis = performance.now() - startMillis;
  if (answer.status === "too-large")
    return { status: "no-answer", reason: "the answer is too large" };
  if (answer.status !== "answered") return { status: "no-answer", reason: answer.reason };
  if (answer.code >= 400 && answer.code < 500) {
    return { status: "refused", reason: reasonOf(answer.body) };
  }
  const document = parseJson(answer.body);
  if (answer.code !== 200 || document === undefined) {
    return { status: "no-answer", reason: `HTTP ${answer.code} ${reasonOf(answer.body)}`.trim() };
  }
  return { status: "ok", data: dataOf(document), millis };
}

function dataOf(document: unknown): unknown {
  return (document as { data?: unknown } | null)?.data;
}

/** Prometheus says it in JSON, Loki as text. */
function reasonOf(body: string): string {
  const error = (parseJson(body) as { error?: unknown } | undefined)?.error;
  return (typeof error === "string" ? error : body).trim().slice(0, 300);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
