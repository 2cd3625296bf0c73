import { z } from "zod";
import { address, choice, field, flag, number, pattern, secret, text } from "../fields.ts";
import type { Integration } from "../integration.ts";

const list = z
  .union([z.string(), z.array(z.string().min(1)).min(1)])
  .transform((given) => (Array.isArray(given) ? given : [given]));
const comma = (value: unknown) => (value as string[]).join(",");

export const SLACK: Integration = {
  type: "slack",
  title: "Slack",
  short: "url",
  markup: "slack",
  fields: {
    url: secret("Address of an incoming webhook", { file: "api_url_file", grafana: "url" }),
    token: secret("Token of an app, instead of url", { file: "app_token_file", grafana: "token" }),
    channel: text("#channel, or the id of a channel or user; needed with token", {
      alertmanager: "channel",
      grafana: "recipient",
    }),
    username: text("Name that it posts under", {
      alertmanager: "username",
      grafana: "username",
    }),
    icon_emoji: pattern("Such as :bell:", /^:[^:\s]+:$/, "an emoji such as :bell:", {
      alertmanager: "icon_emoji",
      grafana: "icon_emoji",
    }),
    icon_url: address("Picture", { alertmanager: "icon_url", grafana: "icon_url" }),
    mention: choice("Whom to wake (Grafana)", ["here", "channel"], { grafana: "mentionChannel" }),
    mention_users: field(list.describe("Ids of users to mention (Grafana)"), {
      grafana: { at: "mentionUsers", as: comma },
    }),
    mention_groups: field(list.describe("Ids of groups to mention (Grafana)"), {
      grafana: { at: "mentionGroups", as: comma },
    }),
  },
  check: ({ url, token, channel }) => {
    if (url !== undefined && token !== undefined) return "url and token exclude each other";
    if (url === undefined && token === undefined) return "expected url, or token and channel";
    if (token !== undefined && channel === undefined) return "token needs channel";
    return undefined;
  },
  alertmanager: {
    list: "slack_configs",
    message: { title: "title", text: "text" },
    // link_names would turn "@here" in a line into a mention.
    constant: {
      link_names: false,
      title_link: '{{ template "sightline.link" . }}',
      fallback: '{{ template "sightline.slack.title" . }}',
      color: '{{ template "sightline.color" . }}',
      footer: "",
      mrkdwn_in: ["text"],
    },
  },
  grafana: { type: "slack", message: { title: "title", text: "text" } },
};

export const TEAMS: Integration = {
  type: "teams",
  title: "Microsoft Teams",
  short: "url",
  markup: "markdown",
  fields: {
    url: secret("Address of a workflow that posts to a channel", {
      isRequired: true,
      file: "webhook_url_file",
      grafana: "url",
    }),
    section_title: text("Heading of the section (Grafana)", { grafana: "sectiontitle" }),
  },
  alertmanager: { list: "msteamsv2_configs", message: { title: "title", text: "text" } },
  grafana: { type: "teams", message: { title: "title", text: "message" } },
};

export const DISCORD: Integration = {
  type: "discord",
  title: "Discord",
  short: "url",
  markup: "discord",
  fields: {
    url: secret("Address of a webhook", {
      isRequired: true,
      file: "webhook_url_file",
      grafana: "url",
    }),
    username: text("Name that it posts under (Alertmanager)", { alertmanager: "username" }, 80),
    avatar_url: address("Picture", { alertmanager: "avatar_url", grafana: "avatar_url" }),
    use_discord_username: flag("The webhook's own name instead of Grafana's (Grafana)", {
      grafana: "use_discord_username",
    }),
  },
  alertmanager: { list: "discord_configs", message: { title: "title", text: "message" } },
  grafana: { type: "discord", message: { title: "title", text: "message" } },
};

/** A number of 64 bits that is not 0. */
function isChatId(text: string): boolean {
  if (!/^-?\d{1,19}$/.test(text)) return false;
  const id = BigInt(text);
  return id !== 0n && id >= -(2n ** 63n) && id < 2n ** 63n;
}

export const TELEGRAM: Integration = {
  type: "telegram",
  title: "Telegram",
  short: "token",
  markup: "telegram",
  fields: {
    token: secret("Token of the bot", {
      isRequired: true,
      file: "bot_token_file",
      grafana: "bottoken",
    }),
    chat_id: field(
      z
        .union([z.number(), z.string()])
        .transform(String)
        .refine(isChatId, { error: "expected the number of a chat, such as -1001234567890" })
        .describe("Number of the chat; groups are negative"),
      {
        isRequired: true,
        // A number in YAML; as a text, because JavaScript cannot hold all of them.
        alertmanager: { at: "chat_id", as: (id) => ({ $integer: String(id) }) },
        grafana: "chatid",
      },
    ),
    thread_id: number("Topic of a forum group", 1, 2_147_483_647, {
      alertmanager: "message_thread_id",
      grafana: { at: "message_thread_id", as: String },
    }),
    silent: flag("Without a sound", {
      alertmanager: "disable_notifications",
      grafana: "disable_notifications",
    }),
    protect_content: flag("No forwarding and saving (Grafana)", { grafana: "protect_content" }),
  },
  alertmanager: {
    list: "telegram_configs",
    message: { text: "message" },
    constant: { parse_mode: "HTML" },
  },
  grafana: {
    type: "telegram",
    message: { text: "message" },
    constant: { parse_mode: "HTML", disable_web_page_preview: true },
  },
};

export const GOOGLE_CHAT: Integration = {
  type: "google_chat",
  title: "Google Chat",
  short: "url",
  markup: "html",
  fields: {
    url: secret("Address of a webhook", { isRequired: true, grafana: "url" }),
    hide_open_button: flag("Without the button to Grafana (12.4 and later)", {
      grafana: "hide_open_button",
    }),
  },
  alertmanager: {
    cannot:
      "Alertmanager does not speak Google Chat; apply to a Grafana, or send to a relay with webhook",
  },
  grafana: { type: "googlechat", message: { title: "title", text: "message" } },
};

export const WEBEX: Integration = {
  type: "webex",
  title: "Cisco Webex",
  short: "token",
  markup: "markdown",
  fields: {
    token: secret("Token of the bot", {
      isRequired: true,
      file: "http_config.authorization.credentials_file",
      grafana: "bot_token",
    }),
    room_id: text("Id of the room", {
      isRequired: true,
      alertmanager: "room_id",
      grafana: "room_id",
    }),
    api_url: address("Another Webex", { alertmanager: "api_url", grafana: "api_url" }),
  },
  alertmanager: { list: "webex_configs", message: { text: "message" } },
  grafana: { type: "webex", message: { text: "message" } },
};

export const WECOM: Integration = {
  type: "wecom",
  title: "WeCom (WeChat Work)",
  short: "url",
  markup: "plain",
  fields: {
    url: secret("Address of a group robot (Grafana)", { grafana: "url" }),
    secret: secret("Secret of an app, instead of url", {
      file: "api_secret_file",
      grafana: "secret",
    }),
    corp_id: text("Id of the company", { alertmanager: "corp_id", grafana: "corp_id" }),
    agent_id: field(z.union([z.string().min(1), z.number().int()]).transform(String), {
      alertmanager: "agent_id",
      grafana: "agent_id",
    }),
    to_user: text("Users, separated by |; all without it", {
      alertmanager: "to_user",
      grafana: "touser",
    }),
    to_party: text("Departments (Alertmanager)", { alertmanager: "to_party" }),
    to_tag: text("Tags (Alertmanager)", { alertmanager: "to_tag" }),
  },
  check: (given) => {
    if (given["url"] === undefined && given["secret"] === undefined) {
      return "expected url, or secret, corp_id and agent_id";
    }
    if (given["secret"] === undefined) return undefined;
    const missing = ["corp_id", "agent_id"].filter((name) => given[name] === undefined);
    return missing.length > 0 ? `secret needs ${missing.join(" and ")}` : undefined;
  },
  alertmanager: {
    list: "wechat_configs",
    message: { text: "message" },
    constant: { message_type: "text" },
    cannot: ({ secret: given }) =>
      given === undefined
        ? "Alertmanager speaks to WeCom as an app alone; give secret, corp_id and agent_id instead of url"
        : undefined,
  },
  grafana: {
    type: "wecom",
    message: { title: "title", text: "message" },
    constant: { msgtype: "text" },
  },
};

export const DINGDING: Integration = {
  type: "dingding",
  title: "DingTalk",
  short: "url",
  markup: "plain",
  fields: {
    url: secret("Address of a group robot", { isRequired: true, grafana: "url" }),
    message_type: choice("link without it", ["link", "actionCard"], { grafana: "msgType" }),
  },
  alertmanager: {
    cannot:
      "Alertmanager does not speak DingTalk; apply to a Grafana, or send to a relay with webhook",
  },
  grafana: { type: "dingding", message: { title: "title", text: "message" } },
};
