import type { ObjectField } from "./fields.ts";

/** Any part of the settings, as a file or the environment gives it. */
export type SettingsLayer = Readonly<Record<string, unknown>>;

/** Later layers win, setting by setting. A list is taken whole; of a map each entry by itself. */
export function mergeSettings(field: ObjectField, layers: readonly SettingsLayer[]): SettingsLayer {
  const names = Object.keys(field.fields);
  const entries = names.flatMap((name): [string, unknown][] => {
    const given = layers.flatMap((layer) => {
      const found = layer[name];
      return found === undefined ? [] : [found];
    });
    if (given.length === 0) return [];
    const child = field.fields[name];
    if (child?.kind === "object") return [[name, mergeSettings(child, given as SettingsLayer[])]];
    if (child?.kind === "map")
      return [[name, Object.fromEntries((given as SettingsLayer[]).flatMap(Object.entries))]];
    return [[name, given.at(-1)]];
  });
  return Object.fromEntries(entries);
}
