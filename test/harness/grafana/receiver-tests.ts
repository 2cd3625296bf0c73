import { type Answer, alertingError, Refusal } from "./answer.ts";
import { isObject, objectBody, textOf } from "./body.ts";
import { settingsProblem } from "./notifiers.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, JsonObject } from "./state.ts";

/** Asked for each integration that is tested; a text is why it could not be told. */
export type Deliver = (integration: {
  readonly type: string;
  readonly settings: JsonObject;
}) => Promise<string | undefined>;

const ACTIONS = ["alert.notifications:write", "alert.notifications.receivers:test"];

export function receiverTestRoutes(deliver: Deliver): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/api/alertmanager/grafana/config/api/v1/receivers/test",
      actions: ACTIONS,
      fields: ["receivers", "alert"],
      when: ({ receiverTest }) => receiverTest === "alertmanager",
      source:
        "pkg/services/ngalert/api/api_alertmanager.go, RoutePostTestReceivers; seen on 10.4.3 and 11.0.0",
      handle: (call) => testReceivers(call, deliver),
    },
    {
      method: "POST",
      path: "/apis/notifications.alerting.grafana.app/v1beta1/namespaces/:namespace/receivers/:uid/test",
      actions: ACTIONS,
      fields: ["integration", "integrationRef", "alert"],
      when: ({ receiverTest }) => receiverTest === "apis",
      source: "upgrade guide of 13.0; not seen on a real server",
      handle: (call) => testIntegration(call, deliver),
    },
  ];
}

async function testReceivers({ state, body }: Call, deliver: Deliver): Promise<Answer> {
  const receivers = objectBody(body)["receivers"];
  if (!Array.isArray(receivers) || receivers.length === 0) {
    throw new Refusal({ status: 400, body: { traceID: "" } });
  }
  const results = [];
  let failed = 0;
  for (const receiver of receivers) {
    const given = objectBody(receiver);
    const configs = [];
    for (const config of (given["grafana_managed_receiver_configs"] as unknown[] | undefined) ??
      []) {
      const error = await attempt(state, objectBody(config), deliver);
      if (error !== undefined) failed += 1;
      configs.push({
        name: textOf(objectBody(config), "name"),
        uid: textOf(objectBody(config), "uid"),
        status: error === undefined ? "ok" : "failed",
        ...(error !== undefined && { error }),
      });
    }
    results.push({ name: textOf(given, "name"), grafana_managed_receiver_configs: configs });
  }
  return {
    status: failed > 0 ? 207 : 200,
    body: {
      alert: {
        annotations: {
          __value_string__: "[ metric='foo' labels={instance=bar} value=10 ]",
          summary: "Notification test",
        },
        labels: { alertname: "TestAlert", instance: "Grafana" },
      },
      receivers: results,
      notified_at: state.now(),
    },
  };
}

async function attempt(
  state: GrafanaState,
  config: JsonObject,
  deliver: Deliver,
): Promise<string | undefined> {
  const settings = { ...(isObject(config["settings"]) ? config["settings"] : {}) };
  // A stored secret may be named by its field: secureFields of the page's form.
  const stored = state.alertmanager.integrations.find(
    ({ uid }) => uid !== "" && uid === config["uid"],
  );
  for (const [field, value] of stored?.secrets ?? []) settings[field] ??= value;
  const secure = config["secureSettings"];
  const problem = settingsProblem(state, textOf(config, "type"), {
    ...settings,
    ...(isObject(secure) ? secure : {}),
  });
  if (problem !== undefined) return problem;
  return deliver({
    type: textOf(config, "type"),
    settings: { ...settings, ...(isObject(secure) ? secure : {}) },
  });
}

async function testIntegration({ state, body }: Call, deliver: Deliver): Promise<Answer> {
  const integration = objectBody(body)["integration"];
  if (!isObject(integration)) throw alertingError(400, "integration is required");
  const error = await attempt(state, integration, deliver);
  return {
    status: 200,
    body: {
      status: error === undefined ? "success" : "failure",
      duration: "1ms",
      ...(error !== undefined && { error }),
    },
  };
}
