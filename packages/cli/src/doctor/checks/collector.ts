import { serverUrl } from "../../context.ts";
import { sendHttp } from "../../stack/http.ts";
import type { Check, CheckResult } from "../check.ts";
import { markerRequest, type SignalPath } from "../marker.ts";

const SIGNALS: readonly SignalPath[] = ["/v1/logs", "/v1/metrics", "/v1/traces"];

/** Sends the marker; everything that is read back later starts here. */
export const collectorCheck: Check = {
  id: "collector",
  title: "the collector accepts a line, a sample and a span",
  after: [],
  run: async ({ context, marker }) => {
    const url = serverUrl(context, "otlp");
    const answers = await Promise.all(
      SIGNALS.map(async (path) => ({
        path,
        answer: await sendHttp({
          url: `${url}${path}`,
          method: "POST",
          headers: { "content-type": "application/json" },
          body: markerRequest(marker, path),
          timeoutMillis: 10_000,
        }),
      })),
    );
    for (const { path, answer } of answers) {
      if (answer.status === "no-answer")
        return refused(`${url}${path} does not answer: ${answer.reason}`, context.self);
      if (answer.status === "answered" && answer.code !== 200) {
        return refused(
          `${path} was answered ${answer.code}: ${answer.body.slice(0, 200)}`,
          context.self,
        );
      }
    }
    return { status: "ok", detail: url };
  },
};

function refused(reason: string, self: string): CheckResult {
  return {
    status: "failed",
    reason,
    fix: `${self} status   shows the collector; ${self} up   starts it`,
  };
}
