import { ALERT_LABEL } from "@sightline/core";
import { integrationOf } from "../compile/contacts/integrations.ts";
import type { Model } from "../compile/model.ts";
import { emitGrafanaContactPoints, type GrafanaReceiver } from "../emit/contacts/contact-points.ts";
import type { Answer, AnswerFault } from "../live/grafana/answer.ts";
import type { GrafanaClient } from "../live/grafana/client.ts";
import type { Json } from "../plan/resource.ts";
import { parseReference } from "../spec/reference.ts";
import type { NotifyOutcome, WayOutcome } from "./delivery.ts";
import { adviceForDelivery, maskReason } from "./explain-delivery.ts";
import type { TestAlert } from "./test-alert.ts";

export interface GrafanaNotify {
  readonly client: GrafanaClient;
  /** First number of its version. */
  readonly major: number;
  readonly model: Model;
  readonly contact: string;
  readonly alert: TestAlert;
  readonly orgId: number | undefined;
  /** The value behind a reference; it was looked up before anything is sent. */
  readonly secretOf: (reference: string) => string;
  readonly secrets: readonly string[];
}

export type GrafanaNotifyResult =
  | { readonly status: "done"; readonly outcome: NotifyOutcome }
  /** The templates of the messages are not there: what is sent would be empty. */
  | { readonly status: "not-applied" }
  /** They are stored, and its Alertmanager has not read them yet: the same. */
  | { readonly status: "not-loaded" }
  | { readonly status: "fault"; readonly fault: AnswerFault };

const TEMPLATES = "/api/v1/provisioning/templates";

/**
 * Grafana sends a test by each receiver as the specification has it, applied or not, and says at once
 * what came back. 11 and 12 test them together, 13 one by one.
 */
export async function notifyByGrafana(options: GrafanaNotify): Promise<GrafanaNotifyResult> {
  const receivers = emitGrafanaContactPoints(options.model).filter(
    ({ name }) => name === options.contact,
  );
  const template = await options.client.get(`${TEMPLATES}/sightline`);
  if (template.status === "fault" && template.kind === "missing") return { status: "not-applied" };
  if (!(await isLoaded(options))) return { status: "not-loaded" };
  const results =
    options.major >= 13 ? await testEach(options, receivers) : await testAll(options, receivers);
  if (results.status === "fault") return results;
  const ways = receivers.map(({ contact }, index) => {
    const { type } = contact.integrations[index] as { readonly type: string };
    return toOutcome(type, results.errors.get(nameOf(index)), options.secrets);
  });
  const sender = `Grafana at ${options.client.origin}`;
  return { status: "done", outcome: { contact: options.contact, sender, ways } };
}

/**
 * Grafana's Alertmanager looks once a minute for what was stored ([unified_alerting]
 * alertmanager_config_poll_interval). A branch of ours comes with the templates, which all projects share.
 * Where it does not say what it runs with, the message is tried.
 */
async function isLoaded({ client }: GrafanaNotify): Promise<boolean> {
  const answer = await client.get("/api/alertmanager/grafana/api/v2/status");
  if (answer.status === "fault") return true;
  const { config } = (answer.value ?? {}) as {
    readonly config?: { readonly route?: { readonly routes?: readonly GrafanaRoute[] } };
  };
  if (config?.route === undefined) return true;
  return (config.route.routes ?? []).some((route) =>
    route.object_matchers?.some(([label]) => label === ALERT_LABEL.project),
  );
}

interface GrafanaRoute {
  readonly object_matchers?: readonly (readonly string[])[];
}

/**
 * Ways are told apart by a name: Grafana answers in the order in which they end, and a uid is one of
 * a stored receiver, which would have to be there.
 */
function nameOf(index: number): string {
  return `way ${index + 1}`;
}

type TestResults =
  /** By {@link nameOf}: an error, or null where it was told. */
  | { readonly status: "ok"; readonly errors: ReadonlyMap<string, string | null> }
  | { readonly status: "fault"; readonly fault: AnswerFault };

function toOutcome(
  type: string,
  error: string | null | undefined,
  secrets: readonly string[],
): WayOutcome {
  const { title } = integrationOf(type);
  if (error === null) return { type, title, status: "delivered" };
  if (error === undefined) return { type, title, status: "no-word" };
  const reason = maskReason(error, secrets);
  return { type, title, status: "failed", reason, advice: adviceForGrafana(type, error) };
}

function adviceForGrafana(type: string, error: string): string | undefined {
  if (type === "email" && /SMTP not configured|smtp/i.test(error)) {
    return "Grafana sends mail by its own server: set [smtp] in grafana.ini, or GF_SMTP_ENABLED, GF_SMTP_HOST, GF_SMTP_USER, GF_SMTP_PASSWORD";
  }
  return adviceForDelivery(type, error);
}

/** pkg/services/ngalert/api/api_alertmanager.go, RoutePostTestReceivers: 200, or 207 where some failed. */
async function testAll(
  { client, alert, secretOf, contact }: GrafanaNotify,
  receivers: readonly GrafanaReceiver[],
): Promise<TestResults> {
  const configs = receivers.map((receiver, index) => ({
    name: nameOf(index),
    ...toIntegration(receiver, secretOf),
  }));
  const answer = await client.write(
    "POST",
    "/api/alertmanager/grafana/config/api/v1/receivers/test",
    { alert, receivers: [{ name: contact, grafana_managed_receiver_configs: configs }] },
  );
  if (answer.status === "fault") return { status: "fault", fault: answer };
  return { status: "ok", errors: readTestResults(answer) };
}

function readTestResults({
  value,
}: Extract<Answer, { status: "ok" }>): ReadonlyMap<string, string | null> {
  const { receivers = [] } = (value ?? {}) as {
    readonly receivers?: readonly {
      readonly grafana_managed_receiver_configs?: readonly {
        readonly name?: string;
        readonly status?: string;
        readonly error?: string;
      }[];
    }[];
  };
  const configs = receivers.flatMap((receiver) => receiver.grafana_managed_receiver_configs ?? []);
  return new Map(
    configs.map(({ name = "", status, error }) => [
      name,
      status === "ok" ? null : (error ?? "failed"),
    ]),
  );
}

/** A receiver that is not stored has the name "-" there. */
async function testEach(
  { client, alert, secretOf, orgId }: GrafanaNotify,
  receivers: readonly GrafanaReceiver[],
): Promise<TestResults> {
  const namespace = orgId === undefined || orgId === 1 ? "default" : `org-${orgId}`;
  const path = `/apis/notifications.alerting.grafana.app/v1beta1/namespaces/${namespace}/receivers/-/test`;
  const errors = new Map<string, string | null>();
  for (const [index, receiver] of receivers.entries()) {
    // Of the type's schema; the only one there is, and asked for (v1beta1).
    const integration = { ...toIntegration(receiver, secretOf), version: "v1" };
    const answer = await client.write("POST", path, { integration, alert });
    if (answer.status === "fault") return { status: "fault", fault: answer };
    const { status, error } = (answer.value ?? {}) as {
      readonly status?: string;
      readonly error?: string;
    };
    errors.set(nameOf(index), status === "success" ? null : (error ?? "failed"));
  }
  return { status: "ok", errors };
}

function toIntegration(
  { type, settings, disableResolveMessage }: GrafanaReceiver,
  secretOf: (reference: string) => string,
): { readonly [key: string]: Json } {
  return { type, disableResolveMessage, settings: resolve(settings, secretOf) };
}

function resolve(value: Json, secretOf: (reference: string) => string): Json {
  if (Array.isArray(value)) return value.map((item) => resolve(item, secretOf));
  if (typeof value !== "object" || value === null) return value;
  const { $secret: reference } = value as { readonly $secret?: Json };
  if (typeof reference === "string" && parseReference(reference)) return secretOf(reference);
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, resolve(part, secretOf)]),
  );
}
