import { z } from "zod";
import { choice, field, number, pattern, secret, text, urlSchema } from "../fields.ts";
import type { Integration } from "../integration.ts";

export const PUSHOVER: Integration = {
  type: "pushover",
  title: "Pushover",
  short: "token",
  markup: "short",
  fields: {
    token: secret("API token of the application", {
      isRequired: true,
      file: "token_file",
      grafana: "apiToken",
    }),
    user: secret("Key of the user or group", {
      isRequired: true,
      file: "user_key_file",
      grafana: "userKey",
    }),
    device: text("Only this device", { alertmanager: "device", grafana: "device" }),
    priority: number("-2 to 2; 2 repeats until it is seen", -2, 2, {
      alertmanager: { at: "priority", as: String },
      grafana: { at: "priority", as: String },
    }),
    resolved_priority: number("-2 to 2 (Grafana)", -2, 2, {
      grafana: { at: "okPriority", as: String },
    }),
    retry_seconds: number("With priority 2: how often; 60 without it", 30, 10_800, {
      alertmanager: { at: "retry", as: (seconds) => `${seconds}s` },
      grafana: { at: "retry", as: String },
    }),
    expire_seconds: number("With priority 2: how long; 3600 without it", 30, 10_800, {
      alertmanager: { at: "expire", as: (seconds) => `${seconds}s` },
      grafana: { at: "expire", as: String },
    }),
    sound: text("Name of a sound", { alertmanager: "sound", grafana: "sound" }),
  },
  alertmanager: {
    list: "pushover_configs",
    message: { title: "title", text: "message" },
    constant: {
      priority: '{{ template "sightline.pushover.priority" . }}',
      url: '{{ template "sightline.link" . }}',
    },
  },
  grafana: {
    type: "pushover",
    message: { title: "title", text: "message" },
    // Without these, a priority of 2 is refused by Pushover.
    constant: { retry: "60", expire: "3600" },
  },
};

const topicSchema = urlSchema.superRefine((given, context) => {
  if (!URL.canParse(given)) return;
  const path = new URL(given).pathname.replace(/^\/|\/$/g, "");
  if (/^[-_A-Za-z0-9]{1,64}$/.test(path)) return;
  context.addIssue({
    code: "custom",
    message: `expected the address of a topic such as https://ntfy.sh/my-topic, got ${JSON.stringify(given)}`,
  });
});

/**
 * ntfy makes the message from the webhook's JSON, by templates in the address; Alertmanager and
 * Grafana leave them alone, because they are percent-encoded there.
 * https://docs.ntfy.sh/publish/#message-templating
 */
const withTemplate = (title: string, message: string) => (given: unknown) => {
  const url = new URL(String(given));
  if (["template", "tpl"].some((name) => url.searchParams.has(name))) return url.toString();
  const added = { template: "yes", title, message };
  // Not by searchParams: `+` for a space is not read back by every proxy.
  const query = Object.entries(added).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  url.search = [url.search.replace(/^\?/, ""), ...query].filter((part) => part !== "").join("&");
  return url.toString();
};

/** What an alert says of itself, or its name. */
const WHAT = "{{or $alert.annotations.summary $alert.labels.alertname}}";

const OF_ALERTMANAGER = withTemplate(
  `{{if eq .status "resolved"}}RESOLVED{{else}}{{or .commonLabels.severity "FIRING"}}{{end}}: {{range $index, $alert := .alerts}}{{if eq $index 0}}${WHAT}{{end}}{{end}}`,
  `{{range $index, $alert := .alerts}}{{if lt $index 4}}{{if eq $alert.status "resolved"}}Resolved: {{end}}${WHAT}\n{{if $alert.annotations.line}}{{$alert.annotations.line}}\n{{end}}{{end}}{{end}}{{if gt (len .alerts) 4}}{{len .alerts}} alerts in all{{end}}`,
);
const OF_GRAFANA = withTemplate("{{.title}}", "{{.message}}");

export const NTFY: Integration = {
  type: "ntfy",
  title: "ntfy",
  short: "url",
  markup: "short",
  fields: {
    url: field(topicSchema.describe("Address of the topic"), {
      isRequired: true,
      alertmanager: { at: "url", as: OF_ALERTMANAGER },
      grafana: { at: "url", as: OF_GRAFANA },
    }),
    token: secret("Access token", {
      file: "http_config.authorization.credentials_file",
      grafana: "authorization_credentials",
    }),
    username: text("Instead of token", {
      alertmanager: "http_config.basic_auth.username",
      grafana: "username",
    }),
    password: secret("Password of the user", {
      file: "http_config.basic_auth.password_file",
      grafana: "password",
    }),
  },
  check: ({ token, username, password }) => {
    if (token !== undefined && username !== undefined)
      return "token and username exclude each other";
    return (username === undefined) !== (password === undefined)
      ? "username and password go together"
      : undefined;
  },
  alertmanager: { list: "webhook_configs", message: {} },
  grafana: { type: "webhook", message: { title: "title", text: "message" } },
};

export const LINE: Integration = {
  type: "line",
  title: "LINE Notify (ended in 2025)",
  short: "token",
  markup: "short",
  fields: { token: secret("Access token", { isRequired: true, grafana: "token" }) },
  alertmanager: { cannot: "Alertmanager does not speak LINE, and LINE Notify ended in 2025" },
  grafana: { type: "LINE", message: { title: "title", text: "description" } },
};

export const THREEMA: Integration = {
  type: "threema",
  title: "Threema Gateway",
  short: "secret",
  markup: "short",
  fields: {
    gateway_id: pattern("Id of the gateway", /^\*[0-9A-Z]{7}$/, "an id such as *3MAGWID", {
      isRequired: true,
      grafana: "gateway_id",
    }),
    recipient_id: pattern("Id of who gets it", /^[0-9A-Z]{8}$/, "eight letters or digits", {
      isRequired: true,
      grafana: "recipient_id",
    }),
    secret: secret("API secret", { isRequired: true, grafana: "api_secret" }),
  },
  alertmanager: {
    cannot:
      "Alertmanager does not speak Threema; apply to a Grafana, or send to a relay with webhook",
  },
  grafana: { type: "threema", message: { title: "title", text: "description" } },
};

export const SENSUGO: Integration = {
  type: "sensugo",
  title: "Sensu Go",
  short: "url",
  markup: "plain",
  fields: {
    url: field(urlSchema, { isRequired: true, grafana: "url" }),
    key: secret("API key", { isRequired: true, grafana: "apikey" }),
    entity: text("Entity", { grafana: "entity" }),
    check: text("Check", { grafana: "check" }),
    handler: text("Handler", { grafana: "handler" }),
    namespace: text("Namespace", { grafana: "namespace" }),
  },
  alertmanager: {
    cannot:
      "Alertmanager does not speak Sensu Go; apply to a Grafana, or send to a relay with webhook",
  },
  grafana: { type: "sensugo", message: { text: "message" } },
};

export const MQTT: Integration = {
  type: "mqtt",
  title: "MQTT",
  short: "broker",
  markup: "plain",
  fields: {
    broker: pattern(
      "Such as tcp://host:1883",
      /^(tcp|ssl|mqtts?|wss?):\/\/\S+$/,
      "an address such as tcp://host:1883",
      {
        isRequired: true,
        grafana: "brokerUrl",
      },
    ),
    topic: text("Topic", { isRequired: true, grafana: "topic" }),
    format: choice("json without it", ["json", "text"], { grafana: "messageFormat" }),
    client_id: text("Id of the client", { grafana: "clientId" }),
    username: text("User", { grafana: "username" }),
    password: secret("Password", { grafana: "password" }),
    qos: field(z.union([z.literal(0), z.literal(1), z.literal(2)]), {
      grafana: { at: "qos", as: String },
    }),
    retain: field(z.boolean(), { grafana: "retain" }),
  },
  alertmanager: {
    cannot:
      "Alertmanager does not speak MQTT; apply to a Grafana, or send to a bridge with webhook",
  },
  grafana: { type: "mqtt", message: { text: "message" }, since: "11.5" },
};
