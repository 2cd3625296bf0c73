import { parse } from "yaml";
import { integrationOf } from "../compile/contacts/integrations.ts";
import type { Contact } from "../compile/model.ts";

/** How a contact stands in the configuration that an Alertmanager runs. */
export type AppliedWays = "missing" | "other" | "same";

/**
 * Compares the number of ways of each kind. `status` is the answer of /api/v2/status, whose
 * `config.original` has every default filled in and every secret hidden, so that texts cannot be compared.
 */
export function compareAppliedWays(
  status: string,
  receiverName: string,
  contact: Contact,
): AppliedWays | undefined {
  const receiver = findReceiver(status, receiverName);
  if (receiver === undefined) return undefined;
  if (receiver === null) return "missing";
  const wanted = new Map<string, number>();
  for (const { type } of contact.integrations) {
    const { alertmanager } = integrationOf(type);
    if ("list" in alertmanager)
      wanted.set(alertmanager.list, (wanted.get(alertmanager.list) ?? 0) + 1);
  }
  const applied = Object.entries(receiver).filter(([, list]) => Array.isArray(list));
  const isSame =
    applied.length === wanted.size &&
    applied.every(([name, list]) => wanted.get(name) === (list as unknown[]).length);
  return isSame ? "same" : "other";
}

/** `null`: it is not there; undefined: the answer cannot be read. */
function findReceiver(
  status: string,
  name: string,
): Readonly<Record<string, unknown>> | null | undefined {
  try {
    const { config } = JSON.parse(status) as { readonly config: { readonly original: string } };
    const { receivers } = parse(config.original) as {
      readonly receivers: readonly Readonly<Record<string, unknown>>[];
    };
    return receivers.find((receiver) => receiver["name"] === name) ?? null;
  } catch {
    return undefined;
  }
}
