import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { DATA_FOLDER, ENV } from "@sightline/core";

/** Where the gateway of this machine reads maps, `<SIGHTLINE_DATA>/gateway/maps`. Absolute. */
export function defaultMapsFolder(env: Readonly<Record<string, string | undefined>>): string {
  const root = env[ENV.data] || join(homedir(), ".local/share/sightline");
  return join(resolve(root), DATA_FOLDER.maps);
}
