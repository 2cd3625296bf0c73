import { DEPLOYS } from "../container-queries.ts";
import type { Panel } from "../dashboard-json.ts";
import { logsPanel } from "../panel.ts";
import { LOKI_SOURCE, logsOverTime } from "../targets.ts";

export function deployListPanel(): Panel {
  return logsPanel({
    title: "Deployments",
    description:
      "Which service got which release, the newest first. A container that is made anew from another image is a deployment.",
    source: LOKI_SOURCE,
    targets: [logsOverTime(DEPLOYS)],
    noValue: "no deployment in this time range",
  });
}
