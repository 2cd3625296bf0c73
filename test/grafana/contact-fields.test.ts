import { describe, expect, it } from "vitest";
import { INTEGRATIONS } from "../../packages/cli/src/compile/contacts/integrations.ts";
import { emitGrafanaFiles } from "../../packages/cli/src/emit/grafana/emit-grafana-files.ts";
import { GRAFANA_TARGET, modelOf } from "../../packages/cli/test/support/compile-text.ts";
import { loadAlertingFiles } from "../harness/grafana/load-files.ts";
import { findNotifier, knownFields } from "../harness/grafana/notifiers.ts";
import { profileOf } from "../harness/grafana/profiles.ts";
import { grafanaHome, startRealServer } from "../harness/grafana/real-server.ts";
import { createState } from "../harness/grafana/state.ts";

// Grafana keeps a setting that it does not know, and never reads it: a misspelt one would be lost.
describe.each(INTEGRATIONS.map((row) => [row.type, row] as const))("contact %s", (_type, row) => {
  const notifier = findNotifier(createState(profileOf("13.2.0")), row.grafana.type);

  it("is of a type that Grafana has, and fills only what Grafana reads", () => {
    if (!notifier) throw new Error(`Grafana has no contact points of type ${row.grafana.type}`);
    const slots = Object.values(row.fields).flatMap(({ grafana }) => grafana?.at ?? []);
    const used = [
      ...slots,
      ...Object.values(row.grafana.message),
      ...Object.keys(row.grafana.constant ?? {}),
    ].map((path) => path.split(".")[0]);
    const known = knownFields(notifier);
    expect(used.filter((field) => field && !known.includes(field))).toEqual([]);
  });
});

const SECRET = '"${env:CONTACT_SECRET}"';
/** The least of each type that Grafana has had since 11.0. */
const WAYS: Readonly<Record<string, string>> = {
  email: "{to: [a@example.org, b@example.org]}",
  slack: `{url: ${SECRET}}`,
  teams: `{url: ${SECRET}}`,
  discord: `{url: ${SECRET}}`,
  telegram: `{token: ${SECRET}, chat_id: "-100"}`,
  pagerduty: `{key: ${SECRET}}`,
  opsgenie: `{key: ${SECRET}}`,
  webhook: `{url: "https://hook.example.org/", token: ${SECRET}, max_alerts: 5}`,
  google_chat: `{url: ${SECRET}}`,
  pushover: `{token: ${SECRET}, user: ${SECRET}}`,
  ntfy: '{url: "https://ntfy.example.org/topic"}',
  webex: `{token: ${SECRET}, room_id: r}`,
  oncall: `{url: ${SECRET}}`,
  victorops: `{url: ${SECRET}}`,
  kafka: '{url: "https://kafka.example.org", topic: t}',
  wecom: `{url: ${SECRET}}`,
  dingding: `{url: ${SECRET}}`,
  threema: `{gateway_id: "*1234567", recipient_id: "87654321", secret: ${SECRET}}`,
  line: `{token: ${SECRET}}`,
  sensugo: `{url: "https://sensu.example.org", key: ${SECRET}}`,
  alertmanager: '{url: "https://alertmanager.example.org"}',
};
const ENV = { CONTACT_SECRET: "https://secret.example.org/$x" };

function fileOfAll(): string {
  const contacts = Object.entries(WAYS).map(
    ([type, way]) => `  - {name: c-${type}, ${type}: ${way}}`,
  );
  const spec = `default_alerts: {enabled: false}\ncontacts:\n${contacts.join("\n")}\n`;
  const file = emitGrafanaFiles(modelOf(spec, GRAFANA_TARGET)).find(
    ({ path }) => path === "grafana/alerting/sightline.yaml",
  );
  return file?.text ?? "";
}

it("a contact point of each type is loaded from a file", async () => {
  const state = createState(profileOf("11.0.0"));
  await loadAlertingFiles(state, [fileOfAll()], ENV);
  const names = state.alertmanager.integrations.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(WAYS).map((type) => `c-${type}`)));
});

it.runIf(grafanaHome())("and a real Grafana starts with them", { timeout: 120_000 }, async () => {
  const files = { "alerting/sightline.yaml": fileOfAll() };
  const server = await startRealServer(grafanaHome() ?? "", files, ENV);
  try {
    const answer = await fetch(`${server.url}/api/v1/provisioning/contact-points`, {
      headers: { authorization: server.authorization },
    });
    const points = (await answer.json()) as readonly { readonly name: string }[];
    const names = points.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(WAYS).map((type) => `c-${type}`)));
  } finally {
    await server.stop();
  }
});
