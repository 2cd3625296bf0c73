import { EXIT } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { startGrafana } from "../../../../test/harness/grafana/grafana.ts";
import { INTEGRATIONS } from "../../src/compile/contacts/integrations.ts";
import { createGrafanaProject } from "../support/grafana-project.ts";

const SECRETS = {
  S: "https://hooks.example.org/services/CANARYS",
  T: "123456:CANARYTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT",
  K: "CANARYKEY1234",
};

const CONTACTS = `
  - {name: c-email, email: {to: [a@example.org, b@example.org], single: true}}
  - {name: c-slack, slack: {url: "\${env:S}", username: bot, icon_emoji: ":x:", mention: here}}
  - {name: c-teams, teams: {url: "\${env:S}", section_title: x}}
  - {name: c-discord, discord: {url: "\${env:S}", username: bot, use_discord_username: true}}
  - {name: c-telegram, telegram: {token: "\${env:T}", chat_id: "-100123", silent: true}}
  - {name: c-pagerduty, pagerduty: {key: "\${env:K}", class: c, component: d, group: g}}
  - {name: c-opsgenie, opsgenie: {key: "\${env:K}", priority: P2, tags: "a,b"}}
  - {name: c-webhook, webhook: {url: "\${env:S}", method: PUT, username: u, password: "\${env:K}", max_alerts: 10}}
  - {name: c-google_chat, google_chat: {url: "\${env:S}"}}
  - {name: c-pushover, pushover: {token: "\${env:K}", user: "\${env:K}", priority: 1, retry_seconds: 60, expire_seconds: 600}}
  - {name: c-ntfy, ntfy: {url: "https://ntfy.example.org/topic", token: "\${env:K}"}}
  - {name: c-webex, webex: {token: "\${env:K}", room_id: r}}
  - {name: c-victorops, victorops: {url: "\${env:S}"}}
  - {name: c-kafka, kafka: {url: "https://kafka.example.org", topic: t, username: u, password: "\${env:K}"}}
  - {name: c-wecom, wecom: {url: "\${env:S}"}}
  - {name: c-dingding, dingding: {url: "\${env:S}"}}
  - {name: c-threema, threema: {gateway_id: "*3MAGWID", recipient_id: ECHOECHO, secret: "\${env:K}"}}
  - {name: c-line, line: {token: "\${env:K}"}}
  - {name: c-sensugo, sensugo: {url: "https://sensu.example.org", key: "\${env:K}"}}
  - {name: c-alertmanager, alertmanager: {url: "https://am.example.org", username: u, password: "\${env:K}"}}
  - {name: c-oncall, oncall: {url: "\${env:S}"}}
  - {name: c-jira, jira: {url: "https://j.example.org/rest/api/2", project: P, issue_type: Bug, user: u, password: "\${env:K}"}}
  - {name: c-sns, sns: {topic: "arn:aws:sns:eu-west-1:123456789012:x", region: eu-west-1, access_key: "\${env:K}", secret_key: "\${env:K}"}}
  - {name: c-mqtt, mqtt: {broker: "tcp://mqtt.example.org:1883", topic: t, qos: 1, retain: true}}`;

describe("apply of every way to reach people", () => {
  it("has one of each", () => {
    const types = [...CONTACTS.matchAll(/name: c-\w+, (\w+):/g)].map(([, type]) => type);
    expect(types.toSorted()).toEqual(INTEGRATIONS.map(({ type }) => type).toSorted());
  });

  it.each(["12.0.0", "13.2.0"])(
    "converges on %s, sends nothing twice and shows no secret",
    async (version) => {
      const grafana = await startGrafana({ version });
      const project = createGrafanaProject(grafana, {
        contacts: CONTACTS,
        alerts: "  - {name: A, promql: up == 0, tell: c-email}",
      });
      const texts: string[] = [];
      for (const args of [["apply", "--yes"], ["apply", "--yes"], ["plan", "--json"], ["drift"]]) {
        if (texts.length > 0) grafana.clearRequests();
        const { code, out, err } = await project.run(args, { env: SECRETS });
        texts.push(out, err);
        expect([args, code, err]).toEqual([args, EXIT.ok, expect.not.stringContaining("failed")]);
        if (texts.length > 2) expect(grafana.writes()).toEqual([]);
      }
      expect(texts.join("\n")).not.toContain("CANARY");
      expect(grafana.state.alertmanager.integrations).toHaveLength(INTEGRATIONS.length + 1);
      project.remove();
      await grafana.close();
    },
  );
});
