import { describe, expect, it } from "vitest";
import { INTEGRATIONS } from "../../src/compile/contacts/integrations.ts";
import { emitGrafanaContactPoints } from "../../src/emit/contacts/contact-points.ts";
import { emitAlertmanagerReceivers } from "../../src/emit/contacts/receivers.ts";
import { faultsOf, GRAFANA_TARGET, modelOf } from "../support/compile-text.ts";

const SMTP = 'smtp: {host: "mail.example.org:587", from: a@example.org}';

describe("contacts of the specification", () => {
  it("take an address, settings, or several of them", () => {
    const model = modelOf(`
contacts:
  - name: ops
    email: [a@x.org, {to: "b@x.org, c@x.org", send_resolved: false}]
    slack: "\${env:SLACK}"
${SMTP}`);
    expect(model.contacts[0]?.integrations).toEqual([
      { type: "email", settings: { to: ["a@x.org"] }, uid: undefined, sendResolved: true },
      {
        type: "email",
        settings: { to: ["b@x.org", "c@x.org"] },
        uid: undefined,
        sendResolved: false,
      },
      {
        type: "slack",
        settings: { url: { kind: "secret", from: "env", name: "SLACK" } },
        uid: undefined,
        sendResolved: true,
      },
    ]);
  });

  it.each([
    ["{name: a}", "has no way to reach anybody"],
    ['{name: a, slack: {url: "${env:X}", chanel: x}}', 'did you mean "channel"?'],
    ['{name: a, slack: {token: "${env:X}"}}', "token needs channel"],
    ['{name: a, slack: {url: "${env:X}", token: "${env:X}", channel: c}}', "exclude each other"],
    [
      '{name: a, telegram: {token: "${env:X}", chat_id: somewhere}}',
      "expected the number of a chat",
    ],
    [
      '{name: a, telegram: {token: "${env:X}", chat_id: "9223372036854775808"}}',
      "expected the number of a chat",
    ],
    ['{name: a, telegram: {token: "${env:X}"}}', "got nothing"],
    ['{name: a, email: "ops at example.org"}', "expected an e-mail address"],
    ['{name: a, email: "a@x.org, b@"}', 'got "b@"'],
    ['{name: a, webhook: "javascript:alert(1)"}', "expected a URL that begins with https://"],
    ["{name: a, webhook: {url: https://x.org, username: u}}", "username and password go together"],
    ["{name: a, ntfy: https://ntfy.sh/a/b}", "expected the address of a topic"],
    ['{name: a, threema: {gateway_id: X, recipient_id: ECHOECHO, secret: "${env:X}"}}', "*3MAGWID"],
    ['{name: a, pushover: {token: "${env:X}", user: "${env:X}", priority: 3}}', "at most 2"],
    ['{name: a, sns: {topic: "arn:aws:sns:eu-west-1:1:x", phone: "+491"}}', "exactly one of"],
    ['{name: a, google_chat: "${env:X}"}', "Alertmanager does not speak Google Chat"],
    ['{name: "a,b", webhook: https://x.org}', "has a comma"],
    ["{name: nobody, webhook: https://x.org}", "is taken by Sightline"],
    ["{name: 'a {{b}}', webhook: https://x.org}", "has {{ in its name"],
    ["{name: a, webhook: http://hooks.example.org/x}", "plain-http"],
    ["{name: a, webhook: {url: https://x.org, message: mine}}", 'no template "mine"'],
    ["{name: a, webhook: 'https://x.org/{{x}}'}", "expected no {{ in a URL"],
    ['{name: a, slack: {url: "${env:X}", username: "{{ open"}}', "never closed"],
  ])("are refused with what is wrong: %s", (contact, expected) => {
    const faults = faultsOf(`contacts: [${contact}]\n${SMTP}`);
    expect(faults.join("\n")).toContain(expected);
  });

  it("may not hold a secret, and the fault does not repeat it", () => {
    const canary = "https://hooks.slack.com/services/T00/B00/canary7f3a";
    for (const way of ["slack", "teams", "discord", "oncall"]) {
      const faults = faultsOf(`contacts: [{name: a, ${way}: "${canary}"}]`).join("\n");
      expect(faults).toContain("${env:NAME}");
      expect(faults).not.toContain("canary7f3a");
    }
    const faults = faultsOf('contacts: [{name: a, webhook: "https://u:canary7f3a@x.org/"}]').join(
      "\n",
    );
    expect(faults).toContain("is a secret");
    expect(faults).not.toContain("canary7f3a");
  });

  it("need a mail server on the stack, and none in Grafana, which has its own", () => {
    const text = "contacts: [{name: a, email: a@x.org}]";
    expect(faultsOf(text).join()).toContain("no-mail-server");
    expect(faultsOf(text, GRAFANA_TARGET)).toEqual([]);
    const grafana = "targets: [{name: prod, grafana: {url: https://g.example}}]";
    const faults = faultsOf(`${text}\n${SMTP}\n${grafana}`, GRAFANA_TARGET);
    expect(faults.join()).toContain("GF_SMTP_HOST");
    const both =
      "targets: [{name: local, stack: {}}, {name: prod, grafana: {url: https://g.example}}]";
    expect(faultsOf(`${text}\n${SMTP}\n${both}`, GRAFANA_TARGET)).toEqual([]);
  });

  it("say which settings have no effect, unless another target has a use for them", () => {
    const text = 'contacts: [{name: a, discord: {url: "${env:X}", use_discord_username: true}}]';
    expect(faultsOf(text).join()).toContain("setting-without-effect");
    const both = `${text}\ntargets: [{name: local, stack: {}}, {name: prod, grafana: {url: https://g.example}}]`;
    expect(faultsOf(both)).toEqual([]);
  });
});

describe("the table of integrations", () => {
  it.each(INTEGRATIONS.map((row) => [row.type, row] as const))(
    "fills the short form of %s and keeps secrets in secret places",
    (_type, row) => {
      expect(Object.keys(row.fields)).toContain(row.short);
      for (const [name, { alertmanager, grafana }] of Object.entries(row.fields)) {
        expect(alertmanager ?? grafana, `${row.type}.${name} goes nowhere`).toBeDefined();
        if (alertmanager?.file !== undefined) expect(alertmanager.file).toMatch(/_file$/);
      }
    },
  );

  it("gives equal secrets one file, and other ones others", () => {
    const { receivers, secrets } = emitAlertmanagerReceivers(
      modelOf(`
contacts:
  - {name: a, slack: "\${env:ONE}"}
  - {name: b, discord: "\${env:ONE}"}
  - {name: c, teams: "\${file:/ONE}"}
`),
      "/secrets",
    );
    expect(secrets.map(({ reference }) => reference.from)).toEqual(
      expect.arrayContaining(["env", "file"]),
    );
    expect(secrets).toHaveLength(2);
    expect(JSON.stringify(receivers)).not.toContain("${");
  });

  it("gives Grafana's receivers uids that last, and secrets as references", () => {
    const text = (more: string) =>
      `contacts: [{name: a, webhook: [https://x.org/1, https://x.org/2]${more}, slack: "\${env:S}"}]`;
    const uids = (model: string) =>
      emitGrafanaContactPoints(modelOf(model, GRAFANA_TARGET)).map(({ type, uid }) => [type, uid]);
    const before = uids(text(""));
    const after = uids(text(", email: a@x.org"));
    expect(new Set(before.map(([, uid]) => uid)).size).toBe(3);
    expect(after).toEqual(expect.arrayContaining(before));
    const points = emitGrafanaContactPoints(modelOf(text(""), GRAFANA_TARGET));
    expect(points.find(({ type }) => type === "slack")?.settings["url"]).toEqual({
      $secret: "${env:S}",
    });
  });

  it("lets a template of the user stand in for ours", () => {
    const model = modelOf(`
contacts: [{name: a, email: {to: a@x.org, title: short, message: "my text"}}]
templates: [{name: short, text: x}, {name: "my text", text: y}]
${SMTP}`);
    const [, receiver] = emitAlertmanagerReceivers(model, "/s").receivers;
    expect(receiver?.["email_configs"]).toEqual([
      {
        send_resolved: true,
        to: "a@x.org",
        html: "",
        headers: { Subject: '{{ template "short" . }}' },
        text: '{{ template "my text" . }}',
      },
    ]);
  });
});
