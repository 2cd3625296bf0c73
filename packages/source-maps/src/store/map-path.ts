import { realpathSync } from "node:fs";
import { join } from "node:path";
import { parseDebugId } from "../debug-id.ts";

const SERVICE = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** Largest map that is stored or read, bytes. */
export const MAX_MAP_BYTES = 67_108_864;

export const MAP_SUFFIX = ".map";

/** Whether a text may be the folder of an app's maps: lower case, no slash, no dot in front. */
export function isServiceName(text: string): boolean {
  return SERVICE.test(text);
}

/** Path of a map; undefined where a name is none, so that no text of others gets into a path. */
export function mapPath(folder: string, service: string, debugId: string): string | undefined {
  const id = parseDebugId(debugId);
  return id === undefined || !isServiceName(service)
    ? undefined
    : join(folder, service, id + MAP_SUFFIX);
}

/**
 * Whether a file really lies at its own place: no link of the app's folder or of the map may lead to
 * another app's maps, or out of the folder of all maps. That folder itself may be a link.
 */
export function isAtOwnPlace(folder: string, service: string, path: string): boolean {
  try {
    const name = path.slice(join(folder, service).length + 1);
    return realpathSync(path) === join(realpathSync(folder), service, name);
  } catch {
    return false;
  }
}
