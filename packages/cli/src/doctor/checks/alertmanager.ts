import { serverUrl } from "../../context.ts";
import { isNotifyReceiver } from "../../emit/contacts/notify-route.ts";
import { getJson } from "../../query/http-json.ts";
import { queryPrometheus } from "../../query/prometheus.ts";
import { waitFor } from "../../stack/wait.ts";
import type { Check } from "../check.ts";

/** The alert that always fires: where it arrives, every other would. */
const WATCHDOG = "Watchdog";
/** A stack that has just started evaluates for the first time within this. */
const FIRST_EVALUATION_MILLIS = 60_000;

/** https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
export const watchdogCheck: Check = {
  id: "watchdog",
  title: "an alert travels from Prometheus to Alertmanager",
  after: ["prometheus-rules"],
  run: async ({ context, timeoutMillis }) => {
    const url = `${serverUrl(context, "alertmanager")}/api/v2/alerts`;
    const found = await waitFor(
      async () => {
        const answer = await getJson(
          url,
          { filter: `alertname="${WATCHDOG}"` },
          (list) => (list as unknown[]).length,
        );
        return answer.status === "ok" && answer.value > 0 ? true : undefined;
      },
      { timeoutMillis: Math.max(timeoutMillis, FIRST_EVALUATION_MILLIS), everyMillis: 500 },
    );
    if (found) return { status: "ok", detail: `"${WATCHDOG}", which always fires, is there` };
    return {
      status: "failed",
      reason: `Alertmanager has no alert "${WATCHDOG}", though Prometheus always fires it`,
      fix: `${context.self} status   shows both servers and their logs`,
    };
  },
};

interface Receiver {
  readonly name: string;
}

/** The receiver of an Alertmanager that tells nobody. */
const NOBODY = "nobody";

export const contactsCheck: Check = {
  id: "contacts",
  title: "somebody is told",
  after: ["servers"],
  run: async ({ context }) => {
    const url = `${serverUrl(context, "alertmanager")}/api/v2/receivers`;
    const answer = await getJson(url, {}, (list) => (list as Receiver[]).map(({ name }) => name));
    if (answer.status !== "ok") {
      return {
        status: "failed",
        reason: "Alertmanager does not list its receivers",
        fix: `${context.self} status`,
      };
    }
    const contacts = answer.value.filter((name) => name !== NOBODY && !isNotifyReceiver(name));
    if (contacts.length > 0) return { status: "ok", detail: contacts.join(", ") };
    return {
      status: "warning",
      reason: "no contact is applied: alerts are shown and sent to nobody",
      fix: `add contacts to sightline.yaml, then ${context.self} apply and ${context.self} notify <contact>`,
    };
  },
};

export const notificationsCheck: Check = {
  id: "notifications",
  title: "no notification failed in the last hour",
  after: ["metrics", "contacts"],
  run: async ({ context }) => {
    const result = await queryPrometheus(
      serverUrl(context, "prometheus"),
      "sum by (integration, reason) (increase(alertmanager_notifications_failed_total[1h])) >= 1",
    );
    if (result.status !== "ok") {
      return {
        status: "failed",
        reason: "Prometheus did not answer",
        fix: `${context.self} status`,
      };
    }
    if (result.value.length === 0) return { status: "ok", detail: "" };
    const failed = result.value.map(
      ({ labels, value }) => `${labels["integration"]} ${Math.round(value)} (${labels["reason"]})`,
    );
    return {
      status: "warning",
      reason: `not delivered: ${failed.join(", ")}`,
      fix: `${context.self} notify <contact>   tries each, and says what came back`,
    };
  },
};
