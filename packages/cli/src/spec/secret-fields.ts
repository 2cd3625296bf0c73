import { INTEGRATIONS } from "../compile/contacts/integrations.ts";
import type { Path } from "./places.ts";
import { isSecretReference } from "./reference.ts";

/** What people call their secrets, wherever it stands. */
const SECRET_KEY = /token|password|secret|authorization|cookie|api_?-?key|routing_key|service_key/i;

/**
 * Whether the value at a path may be a secret that was written out. Such a value is shown nowhere: not
 * in a message, not in the line of the file below it. Rather too often than once too few.
 */
export function isSecretField(path: Path): boolean {
  const keys = path.filter((part): part is string => typeof part === "string");
  if (keys.some((key) => SECRET_KEY.test(key))) return true;
  const [section, first, second] = keys;
  if (section === "grafana") return keys.includes("settings");
  if (keys.includes("headers")) return true;
  return section === "contacts" && first !== undefined && isOfContact(first, second);
}

/** All but what is known to be none: a misspelt key may hold a webhook's address, too. */
function isOfContact(way: string, field: string | undefined): boolean {
  if (way === "name") return false;
  return !PUBLIC_FIELDS.get(way)?.has(field ?? "");
}

/** By way, the fields that take no reference; "" is what stands behind the way itself. */
const PUBLIC_FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  INTEGRATIONS.map(({ type, short, fields }) => {
    const open = Object.entries(fields)
      .filter(([, { schema }]) => !isSecretReference(schema.safeParse("${env:A}").data))
      .map(([name]) => name);
    const common = ["send_resolved", "title", "message", "uid"];
    return [type, new Set([...open, ...common, ...(open.includes(short) ? [""] : [])])];
  }),
);
