import type { Integration } from "./integration.ts";
import {
  DINGDING,
  DISCORD,
  GOOGLE_CHAT,
  SLACK,
  TEAMS,
  TELEGRAM,
  WEBEX,
  WECOM,
} from "./rows/chat.ts";
import { EMAIL } from "./rows/email.ts";
import { ONCALL, OPSGENIE, PAGERDUTY, VICTOROPS } from "./rows/pagers.ts";
import { LINE, MQTT, NTFY, PUSHOVER, SENSUGO, THREEMA } from "./rows/push.ts";
import { JIRA, KAFKA, PROMETHEUS_ALERTMANAGER, SNS, WEBHOOK } from "./rows/services.ts";

/** Every way to reach people, the common ones first. To add one, copy the smallest row. */
export const INTEGRATIONS: readonly Integration[] = [
  EMAIL,
  SLACK,
  TEAMS,
  DISCORD,
  TELEGRAM,
  PAGERDUTY,
  OPSGENIE,
  WEBHOOK,
  GOOGLE_CHAT,
  PUSHOVER,
  NTFY,
  WEBEX,
  JIRA,
  SNS,
  ONCALL,
  VICTOROPS,
  KAFKA,
  MQTT,
  WECOM,
  DINGDING,
  THREEMA,
  LINE,
  SENSUGO,
  PROMETHEUS_ALERTMANAGER,
];

/** Throws for a type that is none: the schema lets no other through. */
export function integrationOf(type: string): Integration {
  const found = INTEGRATIONS.find((row) => row.type === type);
  if (found === undefined) throw new Error(`no integration is called ${type}`);
  return found;
}
