import { randomBytes } from "node:crypto";
import { chownSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { makeDirectory } from "../stack/directory.ts";

/** Files that docker-compose.yml hands to Grafana. */
const SECRETS = ["grafana-admin-password", "grafana-secret-key"] as const;
/** The user of the official Grafana image. */
const GRAFANA_UID = 472;

export interface GrafanaSecrets {
  readonly directory: string;
  readonly passwordFile: string;
  /** The user that Grafana must run as to read them: files of mode 0600 have one reader. */
  readonly uid: number;
}

/** Makes the random secrets once, each in a file that only its reader can open. */
export function ensureGrafanaSecrets({ paths }: Context): GrafanaSecrets {
  const directory = join(paths.data, "secrets");
  makeDirectory(directory);
  const ownUid = process.getuid?.() ?? GRAFANA_UID;
  for (const name of SECRETS) {
    const path = join(directory, name);
    if (!existsSync(path))
      writeFileSync(path, randomBytes(24).toString("base64url"), { mode: 0o600 });
    if (ownUid === 0) chownSync(path, GRAFANA_UID, 0);
  }
  return {
    directory,
    passwordFile: join(directory, SECRETS[0]),
    uid: ownUid === 0 ? GRAFANA_UID : ownUid,
  };
}
