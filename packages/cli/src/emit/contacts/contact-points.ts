import { createHash } from "node:crypto";
import { integrationOf } from "../../compile/contacts/integrations.ts";
import type { Contact, Integration, Model } from "../../compile/model.ts";
import type { Json } from "../../plan/resource.ts";
import { formatReference } from "../../spec/reference.ts";
import { type JsonObject, placeSettings, setAt } from "./place-settings.ts";
import { callTemplate } from "./receivers.ts";

/** One receiver of a contact point, as `/api/v1/provisioning/contact-points` has it. */
export interface GrafanaReceiver {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  /** Secrets are `{"$secret": "${env:NAME}"}`. */
  readonly settings: { readonly [key: string]: Json };
  readonly disableResolveMessage: boolean;
  /** The contact that it is of. */
  readonly contact: Contact;
  /** The first Grafana that has this type; undefined: all that are supported. */
  readonly since: string | undefined;
}

/** Contact points, one receiver for each way of each contact. */
export function emitGrafanaContactPoints(model: Model): readonly GrafanaReceiver[] {
  return model.contacts.flatMap((contact) =>
    contact.integrations.map((way, index) => {
      const { grafana } = integrationOf(way.type);
      return {
        uid: way.uid ?? uidOf(model.project, contact, way, index),
        name: contact.name,
        type: grafana.type,
        settings: settingsOf(way),
        disableResolveMessage: !way.sendResolved,
        contact,
        since: grafana.since,
      };
    }),
  );
}

/** Stable while the contact keeps its name and the way its place among those of its type. */
function uidOf(project: string, contact: Contact, way: Integration, index: number): string {
  const nth = contact.integrations.slice(0, index).filter(({ type }) => type === way.type).length;
  const digest = createHash("sha256")
    .update(JSON.stringify([project, contact.name, way.type, nth]))
    .digest("hex");
  return `sl-${digest.slice(0, 16)}`;
}

function settingsOf({ type, settings }: Integration): JsonObject {
  const row = integrationOf(type);
  const { message, constant } = row.grafana;
  const into: JsonObject = { ...constant };
  for (const [slot, own, ours] of [
    [message.title, settings["title"], `sightline.${row.markup}.title`],
    [message.text, settings["message"], `sightline.${row.markup}.text`],
  ] as const) {
    if (slot !== undefined) setAt(into, slot, callTemplate(own, ours));
  }
  placeSettings(into, "grafana", row.fields, settings, (reference) => ({
    $secret: formatReference(reference),
  }));
  return into;
}
