import type { Field, Slot } from "../../compile/contacts/integration.ts";
import type { SettingValue } from "../../compile/model.ts";
import type { Json } from "../../plan/resource.ts";
import { isSecretReference, type SecretReference } from "../../spec/reference.ts";

export interface JsonObject {
  [key: string]: Json;
}

type Engine = "alertmanager" | "grafana";

/** The settings of a way at the places that the engine has for them; what it has none for is left out. */
export function placeSettings(
  into: JsonObject,
  engine: Engine,
  fields: Readonly<Record<string, Field>>,
  settings: Readonly<Record<string, SettingValue>>,
  secretToJson: (reference: SecretReference) => Json,
): void {
  for (const [name, value] of Object.entries(settings)) {
    const slot = fields[name]?.[engine];
    if (slot === undefined) continue;
    if (isSecretReference(value)) {
      const at = secretPath(engine, slot);
      if (at !== undefined) setAt(into, at, secretToJson(value));
    } else if (slot.at !== undefined) {
      setAt(into, slot.at, slot.as === undefined ? (value as Json) : slot.as(value));
    }
  }
}

function secretPath(engine: Engine, slot: Slot): string | undefined {
  return engine === "alertmanager" ? slot.file : slot.at;
}

/** `http_config.basic_auth.username` → nested objects. */
export function setAt(into: JsonObject, path: string, value: Json): void {
  const keys = path.split(".");
  let node = into;
  for (const key of keys.slice(0, -1)) {
    const inner = { ...((node[key] as JsonObject | undefined) ?? {}) };
    node[key] = inner;
    node = inner;
  }
  node[keys[keys.length - 1] as string] = value;
}
