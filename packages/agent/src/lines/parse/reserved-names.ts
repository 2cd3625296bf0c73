import { ATTRIBUTE, ERROR_FIELD, LOKI_LABEL, LOKI_METADATA, RESOURCE } from "@sightline/core";

/** What the field of a line is called when its own name is taken: `field.kind`. */
const PREFIX = "field.";

/** Loki stores `service.name` and `service_name` under one name; so they are compared as one. */
function asStored(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, "_").toLowerCase();
}

/** Names whose value we vouch for. Fields like `reason` or `state` are ours in other records only. */
const RESERVED: ReadonlySet<string> = new Set(
  [
    ...Object.values(RESOURCE),
    ...Object.values(LOKI_LABEL),
    ...Object.values(LOKI_METADATA),
    ATTRIBUTE.kind,
    ATTRIBUTE.exceptionType,
    ATTRIBUTE.exceptionMessage,
    ATTRIBUTE.exceptionOrigin,
    ATTRIBUTE.fieldsDropped,
    ATTRIBUTE.logIostream,
    ATTRIBUTE.loggerName,
    ATTRIBUTE.eventTs,
    ATTRIBUTE.run,
    ATTRIBUTE.cutBytes,
    ERROR_FIELD.fp,
    ERROR_FIELD.fpx,
    ERROR_FIELD.fpTemplate,
    ERROR_FIELD.fpVersion,
    "observed_timestamp",
  ].map(asStored),
);

/** Most names are met again and again; the check costs more than the look-up. */
const known = new Map<string, string>();
const MAX_KNOWN = 4_096;

/** Name under which a field of a line is stored; never one of ours. */
export function attributeName(field: string): string {
  const found = known.get(field);
  if (found !== undefined) return found;
  const name = RESERVED.has(asStored(field)) ? PREFIX + field : field;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(field, name);
  return name;
}
