import type { Model } from "../../compile/model.ts";
import type { Place } from "../../fault.ts";
import type { Json, Resource, ResourceKind } from "../../plan/resource.ts";
import { CONTAINER_SECRETS } from "../../stack/secret-place.ts";
import {
  type AlertmanagerConfig,
  emitAlertmanagerConfig,
} from "../contacts/alertmanager-config.ts";
import { withoutNotifyRoutes } from "../contacts/notify-route.ts";
import type { SecretFile } from "../contacts/receivers.ts";

export const POLICY_ID = "routes";
export const GLOBAL_ID = "alertmanager";

/** Below the folder of alertmanager.yml, to which Alertmanager takes it. */
const TEMPLATES = "templates";

/** Contacts, routes, mute timings and templates in Alertmanager's own shape. */
export function alertmanagerResources(model: Model): readonly Resource[] {
  const { config, templates } = emit(model);
  const { global, receivers, ...rest } = config;
  const { smtp, other } = splitGlobal(global);
  return [
    ...templates.map(({ path, text }) => {
      const id = path.replace(/\.tmpl$/, "");
      return ours("template", id, { template: text }, placeOf(model.templates, id));
    }),
    ...alertmanagerObjects(
      {
        ...rest,
        global: other,
        receivers: (receivers as readonly Body[]).map((receiver) => withSmtp(receiver, smtp)),
      },
      (kind, id) => placeOf(kind === "contact-point" ? model.contacts : model.muteTimings, id),
      model.isProjectNamed ? model.project : "",
    ),
  ];
}

type Body = Resource["body"];

const SMTP_KEY = /^smtp_/;

function splitGlobal(global: Json | undefined): { readonly smtp: Body; readonly other: Body } {
  const entries = Object.entries((global ?? {}) as Body);
  const pick = (isSmtp: boolean): Body =>
    Object.fromEntries(entries.filter(([key]) => SMTP_KEY.test(key) === isSmtp));
  return { smtp: pick(true), other: pick(false) };
}

/**
 * Every contact says itself how its mail is sent: one that is no longer wanted and not deleted yet
 * would else lose its server, and Alertmanager then refuses the whole file.
 */
function withSmtp(receiver: Body, smtp: Body): Body {
  const emails = receiver["email_configs"] as readonly Body[] | undefined;
  if (emails === undefined) return receiver;
  const own = Object.fromEntries(
    Object.entries(smtp).map(([key, value]) => [key.replace(SMTP_KEY, ""), value]),
  );
  return { ...receiver, email_configs: emails.map((email) => ({ ...own, ...email })) };
}

/** What stands in alertmanager.yml, one object for each thing that has a name. */
export function alertmanagerObjects(
  whole: { readonly [key: string]: Json },
  place: (kind: ResourceKind, id: string) => Place | undefined = () => undefined,
  project = "",
): readonly Resource[] {
  const config = withoutNotifyRoutes(whole);
  const named = (kind: ResourceKind, key: string): Resource[] =>
    ((config[key] ?? []) as readonly { readonly [key: string]: Json }[]).map((body) => {
      const id = String(body["name"]);
      return ours(kind, id, body, place(kind, id));
    });
  const { route, inhibit_rules } = config;
  const policy = {
    ...(route !== undefined && { route }),
    ...(inhibit_rules !== undefined && { inhibit_rules }),
  };
  return [
    ours("setting", GLOBAL_ID, { global: config["global"] ?? {}, ...(project && { project }) }),
    ...named("mute-timing", "time_intervals"),
    ...named("contact-point", "receivers"),
    ours("policy", POLICY_ID, policy),
  ];
}

/** The files that Alertmanager reads secrets from, and where their texts come from. */
export function alertmanagerSecretFiles(model: Model): readonly SecretFile[] {
  return emit(model).secrets;
}

function emit(model: Model): AlertmanagerConfig {
  return emitAlertmanagerConfig(model, { secrets: CONTAINER_SECRETS, templates: TEMPLATES });
}

const TITLES: { readonly [id: string]: string } = {
  [GLOBAL_ID]: "settings of Alertmanager",
  [POLICY_ID]: "routes of alerts",
};

function ours(
  kind: ResourceKind,
  id: string,
  body: Resource["body"],
  place?: Place | undefined,
): Resource {
  const isOne = kind === "setting" || kind === "policy";
  return { kind, id, title: (isOne ? TITLES[id] : undefined) ?? id, body, owner: "ours", place };
}

function placeOf(
  named: readonly { readonly name: string; readonly place: Place | undefined }[],
  name: string,
): Place | undefined {
  return named.find((each) => each.name === name)?.place;
}
