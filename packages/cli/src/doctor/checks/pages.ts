import { FARO, formatDuration, GATEWAY_PATH, type GatewayApp } from "@sightline/core";
import { type Context, serverUrl } from "../../context.ts";
import { lineQuery, quote } from "../../query/logql.ts";
import { queryLines } from "../../query/loki.ts";
import { sendHttp } from "../../stack/http.ts";
import { waitFor } from "../../stack/wait.ts";
import type { Check, CheckResult, Examination } from "../check.ts";
import { readGatewayApps } from "../gateway-apps.ts";

const EVERY_MILLIS = 250;

/** A line as a page of an app sends it, through key, origin, gateway and collector into Loki. */
export const pagesCheck: Check = {
  id: "pages",
  title: "a line of a page is read back from Loki",
  after: ["gateway", "collector"],
  run: async (examination) => {
    const read = readGatewayApps(examination.context);
    const apps = read.status === "ok" ? read.apps : [];
    const [app] = apps.filter(({ enabled, origins }) => enabled && origins.length > 0);
    if (app === undefined) return { status: "skipped", reason: "there is no app that may send" };
    return (await send(examination, app)) ?? (await readBack(examination, app));
  },
};

/** Undefined: it was taken. */
async function send(
  { context, marker }: Examination,
  { keys, origins, serviceName }: GatewayApp,
): Promise<CheckResult | undefined> {
  const [key = ""] = keys;
  const [origin = ""] = origins;
  const timestamp = new Date(marker.sentUnixMillis).toISOString();
  const answer = await sendHttp({
    url: `${serverUrl(context, "gateway")}${GATEWAY_PATH.collect}/${key}?${FARO.sentAtParameter}=${Date.now()}`,
    method: "POST",
    headers: { "content-type": "text/plain", origin },
    body: JSON.stringify({
      meta: { app: { name: serviceName } },
      logs: [{ message: marker.line, level: "info", timestamp, context: {} }],
    }),
    timeoutMillis: 5_000,
  });
  if (answer.status === "answered" && answer.code === 204) return undefined;
  const got =
    answer.status === "answered"
      ? `answered ${answer.code} ${answer.body.slice(0, 200)}`.trim()
      : answer.status === "no-answer"
        ? answer.reason
        : "answered too much";
  return {
    status: "failed",
    reason: `the gateway did not take a line of "${serviceName}" from ${origin}: ${got}`,
    fix: `${context.self} status   says how the gateway is; docs/browser.md what its answers mean`,
  };
}

async function readBack(
  { context, marker, timeoutMillis }: Examination,
  { serviceName }: GatewayApp,
): Promise<CheckResult> {
  const found = await waitFor(() => findLine(context, serviceName, marker.id), {
    timeoutMillis,
    everyMillis: EVERY_MILLIS,
  });
  if (found) {
    const elapsed = formatDuration(Date.now() - marker.sentUnixMillis);
    return { status: "ok", detail: `${elapsed}, as a page of "${serviceName}"` };
  }
  return {
    status: "failed",
    reason: `the gateway took it, and it is not there after ${formatDuration(timeoutMillis)}`,
    fix: `${context.self} doctor --only logs   says whether the collector or Loki keeps it`,
  };
}

async function findLine(context: Context, service: string, id: string): Promise<true | undefined> {
  const result = await queryLines(serverUrl(context, "loki"), {
    query: `${lineQuery({ service })} |= ${quote(id)}`,
    startNanos: BigInt(Date.now() - 600_000) * 1_000_000n,
    endNanos: BigInt(Date.now() + 60_000) * 1_000_000n,
    limit: 1,
    direction: "backward",
  });
  return result.status === "ok" && result.value.length > 0 ? true : undefined;
}
