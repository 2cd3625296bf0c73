import { z } from "zod";
import { address, addressOrSecret, choice, field, secret, text } from "../fields.ts";
import type { Integration } from "../integration.ts";

const isLabelValue = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;

export const WEBHOOK: Integration = {
  type: "webhook",
  title: "Webhook",
  short: "url",
  markup: "plain",
  fields: {
    url: addressOrSecret("Address, or a reference where it carries a token", {
      isRequired: true,
      alertmanager: { at: "url", file: "url_file" },
      grafana: "url",
    }),
    method: choice("POST without it (Grafana)", ["POST", "PUT"], { grafana: "httpMethod" }),
    username: text("User of basic authentication", {
      alertmanager: "http_config.basic_auth.username",
      grafana: "username",
    }),
    password: secret("Password of basic authentication", {
      file: "http_config.basic_auth.password_file",
      grafana: "password",
    }),
    token: secret("Credentials of the Authorization header", {
      file: "http_config.authorization.credentials_file",
      grafana: "authorization_credentials",
    }),
    scheme: field(
      z
        .string()
        .regex(isLabelValue, "expected a scheme such as Bearer")
        .describe("Bearer without it"),
      { alertmanager: "http_config.authorization.type", grafana: "authorization_scheme" },
    ),
    max_alerts: field(z.number().int().min(0).max(10_000).describe("All without it"), {
      alertmanager: "max_alerts",
      grafana: "maxAlerts",
    }),
  },
  check: (given) => {
    const has = (name: string) => given[name] !== undefined;
    if (has("token") && has("username")) return "token and username exclude each other";
    if (has("username") !== has("password")) return "username and password go together";
    return has("scheme") && !has("token") ? "scheme needs token" : undefined;
  },
  alertmanager: { list: "webhook_configs", message: {} },
  grafana: { type: "webhook", message: { title: "title", text: "message" } },
};

const ARN = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:\S+$/;

export const SNS: Integration = {
  type: "sns",
  title: "Amazon SNS",
  short: "topic",
  markup: "plain",
  fields: {
    topic: field(z.string().regex(ARN, "expected an ARN such as arn:aws:sns:eu-west-1:1:ops"), {
      alertmanager: "topic_arn",
      grafana: "topic_arn",
    }),
    target: field(z.string().regex(ARN, "expected an ARN"), {
      alertmanager: "target_arn",
      grafana: "target_arn",
    }),
    phone: field(z.string().regex(/^\+[1-9]\d{1,14}$/, "expected a number such as +4912345678"), {
      alertmanager: "phone_number",
      grafana: "phone_number",
    }),
    region: text("Region; of the ARN without it", {
      alertmanager: "sigv4.region",
      grafana: "sigv4.region",
    }),
    profile: text("Profile of the server's AWS files", {
      alertmanager: "sigv4.profile",
      grafana: "sigv4.profile",
    }),
    role_arn: field(z.string().regex(ARN, "expected an ARN"), {
      alertmanager: "sigv4.role_arn",
      grafana: "sigv4.role_arn",
    }),
    access_key: secret("Access key (Grafana)", { grafana: "sigv4.access_key" }),
    secret_key: secret("Secret key (Grafana)", { grafana: "sigv4.secret_key" }),
    url: address("Another SNS", { alertmanager: "api_url", grafana: "api_url" }),
  },
  check: (given) => {
    const named = ["topic", "target", "phone"].filter((name) => given[name] !== undefined);
    if (named.length !== 1) return "expected exactly one of topic, target and phone";
    return (given["access_key"] === undefined) !== (given["secret_key"] === undefined)
      ? "access_key and secret_key go together"
      : undefined;
  },
  alertmanager: {
    list: "sns_configs",
    message: { title: "subject", text: "message" },
    cannot: ({ access_key }) =>
      access_key === undefined
        ? undefined
        : "Alertmanager takes no AWS keys from files; give profile or role_arn, or AWS_* to its process",
  },
  grafana: { type: "sns", message: { title: "subject", text: "message" }, since: "11.1" },
};

export const KAFKA: Integration = {
  type: "kafka",
  title: "Kafka (REST proxy)",
  short: "url",
  markup: "plain",
  fields: {
    url: field(address("Address of the REST proxy").schema, {
      isRequired: true,
      grafana: "kafkaRestProxy",
    }),
    topic: field(z.string().regex(/^[a-zA-Z0-9._-]{1,249}$/, "expected the name of a topic"), {
      isRequired: true,
      grafana: "kafkaTopic",
    }),
    username: text("User", { grafana: "username" }),
    password: secret("Password", { grafana: "password" }),
    api_version: choice("v2 without it", ["v2", "v3"], { grafana: "apiVersion" }),
    cluster_id: text("Needed with v3", { grafana: "kafkaClusterId" }),
  },
  check: ({ api_version, cluster_id }) =>
    api_version === "v3" && cluster_id === undefined
      ? "api_version v3 needs cluster_id"
      : undefined,
  alertmanager: {
    cannot:
      "Alertmanager does not speak Kafka; apply to a Grafana, or send to a bridge with webhook",
  },
  grafana: { type: "kafka", message: { title: "description", text: "details" } },
};

export const JIRA: Integration = {
  type: "jira",
  title: "Jira",
  short: "url",
  markup: "jira",
  fields: {
    url: field(address("Address of its REST API: https://team.atlassian.net/rest/api/2/").schema, {
      isRequired: true,
      alertmanager: "api_url",
      grafana: "api_url",
    }),
    project: text("Key of the project", {
      isRequired: true,
      alertmanager: "project",
      grafana: "project",
    }),
    issue_type: text("Such as Bug", {
      isRequired: true,
      alertmanager: "issue_type",
      grafana: "issue_type",
    }),
    user: text("E-mail of the user", {
      alertmanager: "http_config.basic_auth.username",
      grafana: "user",
    }),
    password: secret("API token of the user", {
      file: "http_config.basic_auth.password_file",
      grafana: "password",
    }),
    token: secret("Personal access token, instead of user and password", {
      file: "http_config.authorization.credentials_file",
      grafana: "api_token",
    }),
    labels: field(z.array(z.string().regex(/^\S+$/, "expected no spaces")).min(1), {
      alertmanager: "labels",
      grafana: "labels",
    }),
    priority: text("Name of a priority", { alertmanager: "priority", grafana: "priority" }),
    resolve_transition: text("Transition when it is resolved", {
      alertmanager: "resolve_transition",
      grafana: "resolve_transition",
    }),
    reopen_transition: text("Transition when it fires again", {
      alertmanager: "reopen_transition",
      grafana: "reopen_transition",
    }),
    reopen_duration: field(z.string().regex(/^(\d+[wdhms])+$/, "expected a duration such as 30m"), {
      alertmanager: "reopen_duration",
      grafana: "reopen_duration",
    }),
    wont_fix_resolution: text("Resolution that is never reopened", {
      alertmanager: "wont_fix_resolution",
      grafana: "wont_fix_resolution",
    }),
  },
  check: ({ user, password, token }) => {
    if (token !== undefined && user !== undefined) return "token and user exclude each other";
    if ((user === undefined) !== (password === undefined)) return "user and password go together";
    return user === undefined && token === undefined
      ? "expected user and password, or token"
      : undefined;
  },
  alertmanager: {
    list: "jira_configs",
    message: { title: "summary", text: "description" },
    // The default of Alertmanager maps severities to names that a project may not have.
    constant: { priority: "" },
  },
  grafana: { type: "jira", message: { title: "summary", text: "description" }, since: "11.6" },
};

export const PROMETHEUS_ALERTMANAGER: Integration = {
  type: "alertmanager",
  title: "Another Alertmanager",
  short: "url",
  markup: "plain",
  fields: {
    url: field(address("Its address").schema, { isRequired: true, grafana: "url" }),
    username: text("User", { grafana: "basicAuthUser" }),
    password: secret("Password", { grafana: "basicAuthPassword" }),
  },
  check: ({ username, password }) =>
    (username === undefined) !== (password === undefined)
      ? "username and password go together"
      : undefined,
  alertmanager: {
    cannot: "Alertmanager does not forward to another; let Prometheus and Loki send to both",
  },
  grafana: { type: "prometheus-alertmanager", message: {} },
};
