import { z } from "zod";
import { address, choice, field, flag, secret, text } from "../fields.ts";
import type { Integration } from "../integration.ts";

const details = z.record(z.string().min(1), z.string()).describe("More figures, by name");

export const PAGERDUTY: Integration = {
  type: "pagerduty",
  title: "PagerDuty",
  short: "key",
  markup: "plain",
  fields: {
    key: secret("Integration key of the Events API v2", {
      isRequired: true,
      file: "routing_key_file",
      grafana: "integrationKey",
    }),
    severity: choice("The alert's own without it", ["critical", "error", "warning", "info"], {
      alertmanager: "severity",
      grafana: "severity",
    }),
    class: text("Class of the event", { alertmanager: "class", grafana: "class" }),
    component: text("What is affected", { alertmanager: "component", grafana: "component" }),
    group: text("Group of what is affected", { alertmanager: "group", grafana: "group" }),
    source: text("Where it comes from", { alertmanager: "source", grafana: "source" }),
    client: text("Who says so; Sightline without it", {
      alertmanager: "client",
      grafana: "client",
    }),
    client_url: address("Its page", { alertmanager: "client_url", grafana: "client_url" }),
    url: address("Another PagerDuty: https://events.eu.pagerduty.com/v2/enqueue", {
      alertmanager: "url",
      grafana: "url",
    }),
    details: field(details, { alertmanager: "details", grafana: "details" }),
  },
  alertmanager: {
    list: "pagerduty_configs",
    message: { title: "description" },
    constant: {
      severity: '{{ template "sightline.pagerduty.severity" . }}',
      client: "Sightline",
      client_url: '{{ template "sightline.link" . }}',
      details: { message: '{{ template "sightline.plain.text" . }}' },
    },
  },
  grafana: {
    type: "pagerduty",
    message: { title: "summary" },
    constant: {
      severity: '{{ template "sightline.pagerduty.severity" . }}',
      client: "Sightline",
      details: { message: '{{ template "sightline.plain.text" . }}' },
    },
  },
};

const responder = z
  .strictObject({
    type: z.enum(["team", "teams", "user", "escalation", "schedule"]),
    id: z.string().min(1).optional(),
    name: z.string().min(1).optional(),
    username: z.string().min(1).optional(),
  })
  .refine(({ id, name, username }) => [id, name, username].some((it) => it !== undefined), {
    error: "a responder needs id, name or username",
  })
  .refine(({ type, name }) => type !== "teams" || name !== undefined, {
    error: 'a responder of the type "teams" needs name',
  });

export const OPSGENIE: Integration = {
  type: "opsgenie",
  title: "Opsgenie",
  short: "key",
  markup: "plain",
  fields: {
    key: secret("API key of an integration", {
      isRequired: true,
      file: "api_key_file",
      grafana: "apiKey",
    }),
    url: address("Another Opsgenie: https://api.eu.opsgenie.com", {
      alertmanager: { at: "api_url", as: (url) => `${String(url).replace(/\/+$/, "")}/` },
      grafana: {
        at: "apiUrl",
        as: (url) => `${String(url).replace(/\/+(v2\/alerts\/?)?$/, "")}/v2/alerts`,
      },
    }),
    responders: field(z.array(responder).min(1), {
      alertmanager: "responders",
      grafana: "responders",
    }),
    priority: choice(
      "P1 to P5 (Alertmanager); by severity without it",
      ["P1", "P2", "P3", "P4", "P5"],
      {
        alertmanager: "priority",
      },
    ),
    tags: text("Tags, separated by commas (Alertmanager)", { alertmanager: "tags" }),
    auto_close: flag("Close it when it is resolved (Grafana)", { grafana: "autoClose" }),
    override_priority: flag("Priority by the label og_priority (Grafana)", {
      grafana: "overridePriority",
    }),
    send_tags_as: choice("tags without it (Grafana)", ["tags", "details", "both"], {
      grafana: "sendTagsAs",
    }),
  },
  alertmanager: {
    list: "opsgenie_configs",
    message: { title: "message", text: "description" },
    constant: { source: "Sightline", priority: '{{ template "sightline.opsgenie.priority" . }}' },
  },
  grafana: { type: "opsgenie", message: { title: "message", text: "description" } },
};

export const VICTOROPS: Integration = {
  type: "victorops",
  title: "Splunk On-Call (VictorOps)",
  short: "url",
  markup: "plain",
  fields: {
    url: secret("Whole address with both keys (Grafana)", { grafana: "url" }),
    key: secret("API key (Alertmanager)", { file: "api_key_file" }),
    routing_key: text("Routing key (Alertmanager)", { alertmanager: "routing_key" }),
    message_type: choice("CRITICAL without it", ["CRITICAL", "WARNING", "INFO"], {
      alertmanager: "message_type",
      grafana: "messageType",
    }),
  },
  check: ({ url, key, routing_key }) => {
    if (key !== undefined && routing_key === undefined) return "key needs routing_key";
    return url === undefined && key === undefined
      ? "expected url (for Grafana), or key and routing_key (for Alertmanager)"
      : undefined;
  },
  alertmanager: {
    list: "victorops_configs",
    message: { title: "entity_display_name", text: "state_message" },
    constant: { monitoring_tool: "Sightline" },
    cannot: ({ key }) =>
      key === undefined
        ? "Alertmanager needs key and routing_key instead of the whole url; give these, too"
        : undefined,
  },
  grafana: {
    type: "victorops",
    message: { title: "title", text: "description" },
    cannot: ({ url }) =>
      url === undefined
        ? "Grafana needs url, the whole address with both keys; give it, too"
        : undefined,
  },
};

export const ONCALL: Integration = {
  type: "oncall",
  title: "Grafana OnCall",
  short: "url",
  markup: "plain",
  fields: {
    url: secret("Address of an integration (Alertmanager's or Grafana's)", {
      isRequired: true,
      file: "url_file",
      grafana: "url",
    }),
    max_alerts: field(z.number().int().min(0).max(10_000), {
      alertmanager: "max_alerts",
      grafana: "maxAlerts",
    }),
  },
  alertmanager: { list: "webhook_configs", message: {} },
  grafana: { type: "oncall", message: { title: "title", text: "message" } },
};
