import { type Context, serverUrl } from "../../context.ts";
import { getJson } from "../../query/http-json.ts";
import type { Check, CheckResult } from "../check.ts";

interface RulesAnswer {
  readonly data?: {
    readonly groups?: readonly {
      readonly rules?: readonly {
        readonly name: string;
        readonly type: string;
        readonly health?: string;
        readonly lastError?: string;
        readonly state?: string;
      }[];
    }[];
  };
}

const MAX_NAMED = 3;

/** https://prometheus.io/docs/prometheus/latest/querying/api/#rules */
export const prometheusRulesCheck: Check = {
  id: "prometheus-rules",
  title: "Prometheus evaluates its rules",
  after: ["servers"],
  run: ({ context }) =>
    checkRules(context, "Prometheus", `${serverUrl(context, "prometheus")}/api/v1/rules`),
};

/** https://grafana.com/docs/loki/latest/reference/loki-http-api/#list-rules */
export const lokiRulesCheck: Check = {
  id: "loki-rules",
  title: "Loki evaluates its rules",
  after: ["servers"],
  run: ({ context }) =>
    checkRules(context, "Loki", `${serverUrl(context, "loki")}/prometheus/api/v1/rules`),
};

async function checkRules(context: Context, server: string, url: string): Promise<CheckResult> {
  const answer = await getJson(url, {}, (document) =>
    ((document as RulesAnswer).data?.groups ?? []).flatMap((group) => group.rules ?? []),
  );
  if (answer.status !== "ok") {
    const reason = answer.status === "too-large" ? "its answer is too large" : answer.reason;
    return {
      status: "failed",
      reason: `${server} does not list its rules: ${reason}`,
      fix: `${context.self} status`,
    };
  }
  const rules = answer.value;
  const broken = rules.filter(({ health }) => health === "err");
  if (broken.length > 0) {
    const named = broken
      .slice(0, MAX_NAMED)
      .map(({ name, lastError }) => `${name}: ${lastError ?? "no reason given"}`);
    return {
      status: "failed",
      reason: `${broken.length} of ${rules.length} rules fail: ${named.join("; ")}`,
      fix: `${context.self} lint --live   looks at the queries of sightline.yaml`,
    };
  }
  if (rules.length === 0) {
    return {
      status: "failed",
      reason: `${server} has no rules`,
      fix: `${context.self} apply   brings them`,
    };
  }
  const alerts = rules.filter(({ type }) => type === "alerting");
  const firing = alerts.filter(({ state }) => state === "firing").length;
  return {
    status: "ok",
    detail: `${alerts.length} alerts, ${firing} firing, ${rules.length - alerts.length} records`,
  };
}
