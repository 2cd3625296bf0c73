import type { Integration } from "./integration.ts";
import { INTEGRATIONS } from "./integrations.ts";

/** docs/contacts.md: who can be told by what, and who is. */
export function contactsPage(): string {
  return `# Contacts and routes

A contact is a name and one or more ways to reach people. What each way takes is in
[the keys of sightline.yaml](sightline-yaml-keys.md#contacts); keys in bold are needed.

\`\`\`yaml
contacts:
  - {name: ops, email: ops@example.org}
  - {name: chat, slack: "\${env:SLACK_WEBHOOK_URL}"}
  - name: night
    telegram: {token: "\${file:/run/secrets/bot}", chat_id: -1001234567890}
    webhook: [https://example.org/a, https://example.org/b]
\`\`\`

A secret is a reference, \`\${env:NAME}\` or \`\${file:/path}\`. It is looked up when something is applied or
sent, and its value is in no file, plan, log or message of an error. Addresses of webhooks that carry a
token are secrets.

## Ways

| key | way | bare text | Alertmanager (the stack) | Grafana |
|---|---|---|---|---|
${INTEGRATIONS.map(rowOf).join("\n")}

Every way takes \`send_resolved: false\` (only the beginning is told), \`title\` and \`message\` (names of
\`templates\`, instead of ours), and \`uid\` (Grafana's, where it must stay). E-mail needs \`smtp\` on the
stack; a Grafana sends by its own server (\`GF_SMTP_*\`).

## Messages

A message says what happened, the newest matching line or its template, how often, how many users it
hit, since when, in which release, and has links to the logs, the dashboard, the runbook and to a form
for a silence. Several alerts of one group are one message: the first in full, some more in a line each,
the rest as a number. Lines are written by strangers: whatever is in one, it wakes nobody (\`@everyone\`,
\`<!channel>\`), makes no link and breaks no markup.

## Who is told

1. An alert with \`tell\` goes to the contacts that it names, and to those of routes with \`continue: true\`.
2. Any other alert asks the routes in their order, by \`priority\` (100 without it) and then as written. The
   first that matches takes it, unless it has \`continue: true\`.
3. What no route takes goes to \`default_alerts.tell\`, else to the first contact.

Nobody is told twice because an alert names a contact and a route does, too. Two routes with the same
contact, the first of which continues, do tell it twice; \`sightline lint\` says so. It also says which route
can never be reached.

A route with \`mute\` still takes its alerts in that time, and tells nobody; so does one with \`active\` outside
of it. Times may go over midnight (\`22:00-06:00\`); the weekday is that of the evening.

In a Grafana the routes are a branch for alerts with the label \`sightline_project\`; the rest of its tree
stays as it is. Grafana's own alerts about missing data (\`DatasourceNoData\`, \`DatasourceError\`) carry the
labels of their rule, except \`alertname\`, and so go the same way.

\`\`\`yaml
route_tests:
  - name: The night is woken
    labels: {severity: critical, service_name: db}
    at: 2026-03-01T03:00:00Z      # now without it
    reaches: [ops, night]
  - labels: {alertname: Slow answers}   # with the labels and the tell of that alert
    reaches: [chat]
\`\`\`

\`sightline test\` runs them. The same tree is what Alertmanager and Grafana get.

## Trying it

\`sightline notify <contact>\` sends a real message through the server that would send alerts, by each way of
the contact, and says what came back and what to do. \`--resolve\` also sends the message that it is over.
The stack must have the contact (\`sightline apply\`); a Grafana takes its settings from the file,
and has loaded the texts of a first \`apply\` within a minute.
`;
}

function rowOf({ type, title, short, fields, alertmanager, grafana }: Integration): string {
  const alone = Object.entries(fields).every(
    ([name, { isRequired }]) => name === short || !isRequired,
  );
  const engine = "list" in alertmanager ? `\`${alertmanager.list}\`` : "no";
  const since = grafana.since === undefined ? "" : `, from ${grafana.since}`;
  return `| \`${type}\` | ${title} | ${alone ? `\`${short}\`` : "–"} | ${engine} | \`${grafana.type}\`${since} |`;
}
