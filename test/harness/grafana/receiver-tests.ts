import { type Answer, Refusal } from "./answer.ts";
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
      fields: ["integration", "alert"],
      when: ({ receiverTest }) => receiverTest === "apis",
      source:
        "apps/alerting/notifications (v1beta1), its request handler and tests; not seen on a real server",
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

/** The name of a receiver that is not stored. */
const NEW_RECEIVER = "-";

/** receiver_createreceiverintegrationtest_request_body_types_gen.go of v1beta1, and its validation. */
async function testIntegration({ state, body, params }: Call, deliver: Deliver): Promise<Answer> {
  const { integration, alert } = objectBody(body);
  const invalid = (message: string): Error =>
    new Refusal({
      status: 400,
      body: { kind: "Status", status: "Failure", reason: "BadRequest", message, code: 400 },
    });
  if (!isObject(integration)) throw invalid("integration is required");
  if (!isObject(alert) || !isObject(alert["labels"])) throw invalid("alert is required");
  for (const field of ["type", "version"]) {
    if (textOf(integration, field) === "") throw invalid(`integration.${field} is required`);
  }
  const isNew = params["uid"] === NEW_RECEIVER;
  if (isNew && textOf(integration, "uid") !== "") {
    throw invalid("integration UID must be empty when testing a new receiver");
  }
  if (isNew && isObject(integration["secureFields"])) {
    throw invalid("integration must not have secure fields when testing a new receiver");
  }
  const error = await attempt(state, integration, deliver);
  return {
    status: 200,
    body: {
      apiVersion: "notifications.alerting.grafana.app/v1beta1",
      kind: "CreateReceiverIntegrationTest",
      status: error === undefined ? "success" : "failure",
      duration: "1ms",
      ...(error !== undefined && { error }),
    },
  };
}
