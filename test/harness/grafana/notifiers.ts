import type { Answer } from "./answer.ts";
import { compareVersions } from "./profiles.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, JsonObject } from "./state.ts";

/**
 * Types of contact points: fields, `!` asked for by the page, `*` secret, as `GET /api/alert-notifiers`
 * of 11.0.0 gives them; newer fields and types from receivers/*\/v1/config.go of grafana/alerting.
 * `missing` is the text with which 11.0.0 refuses one without its most important field.
 */
interface Notifier {
  readonly type: string;
  readonly fields: string;
  readonly needs: readonly (readonly string[])[];
  readonly missing: string;
  readonly since?: string;
}

const NOTIFIERS: readonly Notifier[] = [
  {
    type: "dingding",
    fields: "url! msgType title message",
    needs: [["url"]],
    missing: "could not find url property in settings",
  },
  {
    type: "kafka",
    fields:
      "kafkaRestProxy! kafkaTopic! username password* apiVersion kafkaClusterId! description details",
    needs: [["kafkaRestProxy"], ["kafkaTopic"]],
    missing: "could not find kafka rest proxy endpoint property in settings",
  },
  {
    type: "email",
    fields: "singleEmail addresses! message subject",
    needs: [["addresses"]],
    missing: "could not find addresses in settings",
  },
  {
    type: "pagerduty",
    fields:
      "integrationKey!* severity class component group summary source client client_url details url",
    needs: [["integrationKey"]],
    missing: "could not find integration key property in settings",
  },
  {
    type: "victorops",
    fields: "url! messageType title description",
    needs: [["url"]],
    missing: "could not find victorops url property in settings",
  },
  {
    type: "oncall",
    fields:
      "url! httpMethod username password* authorization_scheme authorization_credentials* maxAlerts title message",
    needs: [["url"]],
    missing: "required field 'url' is not specified",
  },
  {
    type: "pushover",
    fields:
      "apiToken!* userKey!* device priority okPriority retry expire sound okSound title message",
    needs: [["userKey"], ["apiToken"]],
    missing: "user key not found",
  },
  {
    type: "slack",
    fields:
      "recipient! token!* username icon_emoji icon_url mentionUsers mentionGroups mentionChannel url!* endpointUrl title text color footer",
    needs: [["url", "recipient"]],
    missing: "recipient must be specified when using the Slack chat API",
  },
  {
    type: "sensugo",
    fields: "url! apikey!* entity check handler namespace message",
    needs: [["url"], ["apikey"]],
    missing: "could not find URL property in settings",
  },
  {
    type: "teams",
    fields: "url! title sectiontitle message",
    needs: [["url"]],
    missing: "could not find url property in settings",
  },
  {
    type: "telegram",
    fields:
      "bottoken!* chatid! message_thread_id message parse_mode disable_web_page_preview protect_content disable_notification disable_notifications",
    needs: [["bottoken"], ["chatid"]],
    missing: "could not find Bot Token in settings",
  },
  {
    type: "webhook",
    fields:
      "url! httpMethod username password* authorization_scheme authorization_credentials* maxAlerts title message headers payload tlsConfig hmacConfig",
    needs: [["url"]],
    missing: "required field 'url' is not specified",
  },
  {
    type: "wecom",
    fields: "url!* agent_id! corp_id! secret!* msgtype message title touser",
    needs: [["url", "secret"]],
    missing: "either url or secret is required",
  },
  {
    type: "prometheus-alertmanager",
    fields: "url! basicAuthUser basicAuthPassword*",
    needs: [["url"]],
    missing: "could not find url property in settings",
  },
  {
    type: "discord",
    fields: "title message url!* avatar_url use_discord_username use_embed_description",
    needs: [["url"]],
    missing: "could not find webhook url property in settings",
  },
  {
    type: "googlechat",
    fields: "url! title message hide_open_button hide_version_info",
    needs: [["url"]],
    missing: "could not find url property in settings",
  },
  {
    type: "LINE",
    fields: "token!* title description",
    needs: [["token"]],
    missing: "could not find token in settings",
  },
  {
    type: "threema",
    fields: "gateway_id! recipient_id! api_secret!* title description",
    needs: [["gateway_id"], ["recipient_id"], ["api_secret"]],
    missing: "could not find Threema Gateway ID in settings",
  },
  {
    type: "opsgenie",
    fields: "apiKey!* apiUrl! message description autoClose overridePriority sendTagsAs responders",
    needs: [["apiKey"]],
    missing: "could not find api key property in settings",
  },
  { type: "webex", fields: "api_url room_id! bot_token!* message", needs: [], missing: "" },
  {
    type: "sns",
    fields: "sigv4 api_url topic_arn phone_number target_arn subject message attributes",
    needs: [["topic_arn", "phone_number", "target_arn"]],
    missing: "must specify topicArn, phone number, or target arn",
    since: "11.1.0",
  },
  {
    type: "mqtt",
    fields:
      "brokerUrl! topic! messageFormat clientId message username password* qos retain tlsConfig",
    needs: [["brokerUrl"], ["topic"]],
    missing: "MQTT broker URL must be specified",
    since: "11.2.0",
  },
  {
    type: "jira",
    fields:
      "api_url! project! issue_type! user* password* api_token* summary description labels priority resolve_transition reopen_transition reopen_duration wont_fix_resolution dedup_key_field fields",
    needs: [["api_url"], ["project"], ["issue_type"]],
    missing: "missing api_url in settings",
    since: "12.0.0",
  },
];

export function findNotifier(state: GrafanaState, type: string): Notifier | undefined {
  return NOTIFIERS.find(
    (notifier) =>
      notifier.type === type &&
      (notifier.since === undefined || compareVersions(notifier.since, state.profile.version) <= 0),
  );
}

export function secretFields({ fields }: Notifier): readonly string[] {
  return fields
    .split(" ")
    .flatMap((field) => (field.endsWith("*") ? field.replace(/!?\*$/, "") : []));
}

export function knownFields({ fields }: Notifier): readonly string[] {
  return fields.split(" ").map((field) => field.replace(/!?\*?$/, ""));
}

/** Why these settings are refused; undefined: they are taken. */
export function settingsProblem(
  state: GrafanaState,
  type: string,
  settings: JsonObject,
): string | undefined {
  const notifier = findNotifier(state, type);
  if (!notifier) return `notifier ${type} is not supported`;
  const isNumber = secretFields(notifier).find((field) => typeof settings[field] === "number");
  if (isNumber !== undefined) {
    return `failed to unmarshal settings: json: cannot unmarshal number into Go struct field .${isNumber} of type string`;
  }
  const isMet = notifier.needs.every((any) => any.some((field) => hasText(settings[field])));
  return isMet ? undefined : notifier.missing;
}

function hasText(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

export const notifierRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/alert-notifiers",
    actions: ["alert.notifications:read", "alert.notifications:write", "alert.provisioning:read"],
    source: "pkg/services/ngalert/notifier/channels_config; seen on 10.4.3 and 11.0.0",
    handle: listNotifiers,
  },
];

function listNotifiers({ state }: Call): Answer {
  const body = NOTIFIERS.filter(({ type }) => findNotifier(state, type)).map((notifier) => ({
    type: notifier.type,
    name: notifier.type,
    heading: `${notifier.type} settings`,
    description: "",
    info: "",
    options: notifier.fields.split(" ").map((field) => ({
      element: "input",
      inputType: "text",
      label: field.replace(/!?\*?$/, ""),
      description: "",
      placeholder: "",
      propertyName: field.replace(/!?\*?$/, ""),
      selectOptions: null,
      showWhen: { field: "", is: "" },
      required: field.includes("!"),
      validationRule: "",
      secure: field.endsWith("*"),
      dependsOn: "",
      subformOptions: null,
    })),
  }));
  return { status: 200, body };
}
