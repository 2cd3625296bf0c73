/** A contact by each way, with odd values wherever a text may stand. */
const ODD = JSON.stringify(
  `$HOME \${x} $$ "quoted" 'single' \\ back {{ "{{" }} brace }} ünï ☃ : # - yes`,
);

export const EVERY_WAY: Readonly<Record<string, string>> = {
  email: `{to: [ops@example.org, "dévops+x@example.org"]}`,
  slack: `{url: "\${env:SECRET}", username: ${ODD}, icon_emoji: ":bell:", channel: "#ops $x"}`,
  "slack by token": `{token: "\${env:SECRET}", channel: C0123}`,
  teams: `"\${env:SECRET}"`,
  discord: `{url: "\${env:SECRET}", username: "$ops", avatar_url: "https://example.org/a$b.png"}`,
  telegram: `{token: "\${env:SECRET}", chat_id: -1001234567890123, thread_id: 7, silent: true}`,
  "telegram of a large number": `{token: "\${env:SECRET}", chat_id: "-9223372036854775808"}`,
  pagerduty: `{key: "\${env:SECRET}", class: ${ODD}, component: ${ODD}, group: ${ODD}, source: ${ODD}, details: {more: "x $y"}}`,
  opsgenie: `{key: "\${env:SECRET}", url: "https://api.eu.opsgenie.com", responders: [{type: team, name: "ops $1"}], priority: P2, tags: "a,b"}`,
  webhook: `{url: "http://127.0.0.1:9/x?a=$b&c=%7B%7B", username: "u$er", password: "\${file:/x y}", max_alerts: 5}`,
  "webhook by token": `{url: "\${env:SECRET}", token: "\${env:TOKEN}", scheme: Token}`,
  google_chat: `"\${env:SECRET}"`,
  pushover: `{token: "\${env:SECRET}", user: "\${env:TOKEN}", device: ${ODD}, priority: 2, retry_seconds: 60, expire_seconds: 600, sound: siren}`,
  ntfy: `{url: "https://ntfy.sh/topic?priority=high", token: "\${env:SECRET}"}`,
  "ntfy by user": `{url: "https://ntfy.sh/topic", username: ${ODD}, password: "\${env:SECRET}"}`,
  webex: `{token: "\${env:SECRET}", room_id: ${ODD}}`,
  jira: `{url: "https://x.atlassian.net/rest/api/2/", project: OPS, issue_type: Bug, user: "a$b@example.org", password: "\${env:SECRET}", labels: [a, "$b"], reopen_duration: 30m, resolve_transition: Done, reopen_transition: "To Do", wont_fix_resolution: "Won't Do", priority: High}`,
  "jira by token": `{url: "https://jira.example.org/rest/api/2/", project: OPS, issue_type: Bug, token: "\${env:SECRET}"}`,
  sns: `{topic: "arn:aws:sns:eu-west-1:123456789012:ops", region: eu-west-1, profile: "p$x", role_arn: "arn:aws:iam::123456789012:role/x"}`,
  "sns to a phone": `{phone: "+4912345678", region: eu-west-1}`,
  "sns by keys": `{topic: "arn:aws:sns:eu-west-1:123456789012:ops", access_key: "\${env:SECRET}", secret_key: "\${env:TOKEN}"}`,
  oncall: `{url: "\${env:SECRET}", max_alerts: 10}`,
  victorops: `{url: "\${env:SECRET}", key: "\${env:TOKEN}", routing_key: ${ODD}, message_type: WARNING}`,
  kafka: `{url: "https://kafka.example.org", topic: alerts, username: ${ODD}, password: "\${env:SECRET}", api_version: v3, cluster_id: lkc-1}`,
  mqtt: `{broker: "tcp://mqtt.example.org:1883", topic: "alerts/$x", username: ${ODD}, password: "\${env:SECRET}", qos: 1, retain: true}`,
  wecom: `{secret: "\${env:SECRET}", corp_id: ${ODD}, agent_id: 1000002, to_user: "a|b"}`,
  dingding: `{url: "\${env:SECRET}", message_type: actionCard}`,
  threema: `{gateway_id: "*3MAGWID", recipient_id: ECHOECHO, secret: "\${env:SECRET}"}`,
  line: `"\${env:SECRET}"`,
  sensugo: `{url: "https://sensu.example.org", key: "\${env:SECRET}", entity: e, check: c, handler: h, namespace: n}`,
  alertmanager: `{url: "https://am.example.org", username: ${ODD}, password: "\${env:SECRET}"}`,
};

/** The whole specification of one of them. */
export function specOf(name: string): string {
  const [type] = name.split(" ");
  return [
    `contacts: [{name: ${JSON.stringify(`${name} $x "q"`)}, ${type}: ${EVERY_WAY[name]}}]`,
    `smtp: {host: "mail.example.org:587", from: 'Alerts <alerts@example.org>', username: "u$er", password: "\${env:SMTP}"}`,
    "",
  ].join("\n");
}
