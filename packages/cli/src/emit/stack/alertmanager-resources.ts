import type { Model } from "../../compile/model.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import { CONTAINER_SECRETS } from "../../stack/secret-place.ts";
import { emitAlertmanagerReceivers, NOBODY, type SecretFile } from "../contacts/receivers.ts";

export const POLICY_ID = "routes";
export const GLOBAL_ID = "alertmanager";

/** Contacts, routes, mute timings and templates in Alertmanager's own shape. */
export function alertmanagerResources(model: Model): readonly Resource[] {
  const { receivers, smtp } = emitAlertmanagerReceivers(model, CONTAINER_SECRETS);
  return [
    setting({ resolve_timeout: "5m", ...smtp }),
    ...receivers.map(
      (body): Resource => ({
        kind: "contact-point",
        id: String(body["name"]),
        title: String(body["name"]),
        body,
        owner: "ours",
        place: model.contacts.find(({ name }) => name === body["name"])?.place,
      }),
    ),
    {
      kind: "policy",
      id: POLICY_ID,
      title: "routes",
      body: { route: { receiver: NOBODY } },
      owner: "ours",
    },
  ];
}

/** The files that Alertmanager reads secrets from, and where their texts come from. */
export function alertmanagerSecretFiles(model: Model): readonly SecretFile[] {
  return emitAlertmanagerReceivers(model, CONTAINER_SECRETS).secrets;
}

function setting(global: { readonly [key: string]: Json }): Resource {
  return {
    kind: "setting",
    id: GLOBAL_ID,
    title: "settings of Alertmanager",
    body: { global },
    owner: "ours",
  };
}
