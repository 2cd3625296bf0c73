import { join } from "node:path";
import { DATA_FOLDER } from "@sightline/core";
import type { Paths } from "./paths.ts";

/** Where Alertmanager's container finds its secrets. Files that are applied name this place. */
export const CONTAINER_SECRETS = "/etc/sightline/secrets";

/** The same on this machine: a file for each secret that a contact refers to. */
export function alertmanagerSecrets(paths: Paths): string {
  return join(paths.data, DATA_FOLDER.secrets, "alertmanager");
}
