import { expect } from "vitest";
import type { Profile } from "../harness/grafana/profiles.ts";
import type { ReachedGrafana } from "../harness/grafana/reach.ts";

/** What Grafana does. Each case makes objects of its own and removes them. */
export interface Case {
  readonly name: string;
  /** Why it says nothing about a version; undefined: it does. */
  readonly skip?: (profile: Profile, isReal: boolean) => string | undefined;
  readonly run: (grafana: ReachedGrafana, own: Own) => Promise<void>;
}

/** Names of a case: nobody else's objects are touched. */
export interface Own {
  readonly prefix: string;
  readonly folder: string;
}

export const PROVISIONING = "/api/v1/provisioning";
export const NO_PROVENANCE = { "X-Disable-Provenance": "false" };

export function query(refId = "A", expr = "up"): object {
  return {
    refId,
    queryType: "",
    relativeTimeRange: { from: 600, to: 0 },
    datasourceUid: "sightline-prometheus",
    model: { refId, expr, instant: true, range: false },
  };
}

export function expression(refId: string, model: object): object {
  return { refId, datasourceUid: "__expr__", model: { refId, ...model } };
}

export function rule(
  { prefix, folder }: Own,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    uid: `${prefix}-r`,
    folderUID: folder,
    ruleGroup: `${prefix} group`,
    title: `${prefix} rule`,
    condition: "C",
    data: [
      query(),
      expression("C", {
        type: "threshold",
        expression: "A",
        conditions: [{ evaluator: { type: "gt", params: [1] } }],
      }),
    ],
    noDataState: "OK",
    execErrState: "Error",
    for: "5m",
    labels: { severity: "warning" },
    annotations: { summary: "x" },
    isPaused: false,
    ...more,
  };
}

/** Fires at the first evaluation, without any data source. */
export function firingRule(own: Own): Record<string, unknown> {
  return rule(own, {
    title: `${own.prefix}-r`,
    for: "0s",
    data: [expression("C", { type: "math", expression: "1 == 1" })],
  });
}

export async function created(grafana: ReachedGrafana, body: unknown): Promise<void> {
  const reply = await grafana.call("POST", `${PROVISIONING}/alert-rules`, body);
  expect(reply).toMatchObject({ status: 201 });
}
