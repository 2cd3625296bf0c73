import type { AppSpec } from "./schema/apps.ts";

/** Every key of an app with its path below it. */
export function keysOfApp({
  key,
  keys = [],
}: AppSpec): readonly { readonly key: string; readonly path: readonly (string | number)[] }[] {
  return [
    ...(key === undefined ? [] : [{ key, path: ["key"] }]),
    ...keys.map((each, index) => ({ key: each, path: ["keys", index] })),
  ];
}
