import { createHash } from "node:crypto";
import { integrationOf } from "../../compile/contacts/integrations.ts";
import type { Contact, Integration, Model } from "../../compile/model.ts";
import type { Json } from "../../plan/resource.ts";
import { formatReference, type SecretReference } from "../../spec/reference.ts";
import { type JsonObject, placeSettings, setAt } from "./place-settings.ts";

/** Nobody is told; Alertmanager wants a name for that, too. No contact may be called so. */
export const NOBODY = "nobody";

/** A file below the folder of secrets, and what is to be in it. */
export interface SecretFile {
  /** File name, without a folder. */
  readonly name: string;
  readonly reference: SecretReference;
}

export interface AlertmanagerReceivers {
  readonly receivers: readonly JsonObject[];
  /** `global` keys. */
  readonly smtp: JsonObject;
  readonly secrets: readonly SecretFile[];
}

/**
 * Receivers as Alertmanager 0.31 has them (prometheus.io/docs/alerting/latest/configuration). No
 * secret is in them, only names of files in `secretsFolder`, an absolute path.
 */
export function emitAlertmanagerReceivers(
  model: Model,
  secretsFolder: string,
): AlertmanagerReceivers {
  const secrets = new Map<string, SecretFile>();
  const fileOf = (reference: SecretReference): string => {
    const name = secretFileName(reference);
    secrets.set(name, { name, reference });
    return `${secretsFolder}/${name}`;
  };
  const receivers = model.contacts.map((contact) => ({
    name: contact.name,
    ...toReceiver(contact, fileOf),
  }));
  const smtp = smtpGlobals(model, fileOf);
  const sorted = [...secrets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { receivers: [{ name: NOBODY }, ...receivers], smtp, secrets: sorted };
}

/** The same for equal references, so that a secret of several contacts is one file. */
export function secretFileName(reference: SecretReference): string {
  const text = formatReference(reference);
  const words = reference.name.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return `${words.slice(-40).toLowerCase()}-${digest}`;
}

function toReceiver(contact: Contact, fileOf: (reference: SecretReference) => string): JsonObject {
  const lists: Record<string, Json[]> = {};
  for (const way of contact.integrations) {
    const { alertmanager } = integrationOf(way.type);
    if (!("list" in alertmanager)) continue;
    const list = lists[alertmanager.list] ?? [];
    list.push(toAlertmanagerConfig(way, fileOf));
    lists[alertmanager.list] = list;
  }
  return lists;
}

function toAlertmanagerConfig(
  { type, settings, sendResolved }: Integration,
  fileOf: (reference: SecretReference) => string,
): JsonObject {
  const row = integrationOf(type);
  if (!("list" in row.alertmanager)) return {};
  const { message, constant, withOwnText } = row.alertmanager;
  const config: JsonObject = { send_resolved: sendResolved, ...constant };
  for (const [slot, own, ours] of [
    [message.title, settings["title"], `sightline.${row.markup}.title`],
    [message.text, settings["message"], `sightline.${row.markup}.text`],
  ] as const) {
    if (slot !== undefined) setAt(config, slot, callTemplate(own, ours));
  }
  if (settings["message"] !== undefined) Object.assign(config, withOwnText);
  placeSettings(config, "alertmanager", row.fields, settings, fileOf);
  return config;
}

/** What the title and text of a message are: a template by name. */
export function callTemplate(own: unknown, ours: string): string {
  const name = typeof own === "string" ? own : ours;
  return `{{ template ${JSON.stringify(name)} . }}`;
}

function smtpGlobals(
  { smtp, contacts }: Model,
  fileOf: (reference: SecretReference) => string,
): JsonObject {
  const isUsed = contacts.some((it) => it.integrations.some(({ type }) => type === "email"));
  if (smtp === undefined || !isUsed) return {};
  return {
    smtp_smarthost: smtp.host,
    smtp_from: smtp.from,
    smtp_require_tls: smtp.requireTls,
    ...(smtp.hello !== undefined && { smtp_hello: smtp.hello }),
    ...(smtp.username !== undefined && { smtp_auth_username: smtp.username }),
    ...(smtp.password !== undefined && { smtp_auth_password_file: fileOf(smtp.password) }),
  };
}
