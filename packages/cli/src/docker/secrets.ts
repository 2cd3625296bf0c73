import { randomBytes, randomUUID } from "node:crypto";
import { lchownSync, linkSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DATA_FOLDER } from "@sightline/core";
import { Failure } from "../failure.ts";
import { makeDirectory } from "../stack/directory.ts";
import type { Paths } from "../stack/paths.ts";

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

/** Where the secrets are, or will be. Makes nothing. */
export function grafanaSecretsOf(paths: Paths): GrafanaSecrets {
  const directory = join(paths.data, DATA_FOLDER.secrets);
  const ownUid = process.getuid?.() ?? GRAFANA_UID;
  return {
    directory,
    passwordFile: join(directory, SECRETS[0]),
    uid: ownUid === 0 ? GRAFANA_UID : ownUid,
  };
}

/** Makes the random secrets once, each in a file that only its reader can open. */
export function createGrafanaSecrets(paths: Paths): void {
  const { directory, uid } = grafanaSecretsOf(paths);
  makeDirectory(directory);
  for (const name of SECRETS) {
    const path = join(directory, name);
    if (!isSecret(path)) createSecret(path);
    // Not through a link: root would give away what it points to.
    if (process.getuid?.() === 0) lchownSync(path, uid, 0);
  }
}

/** An empty one would be an empty password, and a folder is what Docker makes of a missing file. */
function isSecret(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return false;
  if (found.isFile() && found.size > 0) return true;
  const what = found.isFile() ? "is empty" : "is not a file";
  throw new Failure(`the secret "${path}" ${what}; expected a file that holds a random text`, {
    advice: ["put your own text in it, or remove it to have a new one made, then run `up` again"],
  });
}

/** Under its name only when whole, and never over one that is there: link(2) does both. */
function createSecret(path: string): void {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(draft, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
    linkSync(draft, path);
  } catch (error) {
    // Somebody else was faster: theirs counts.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    removeDraft(draft);
  }
}

function removeDraft(draft: string): void {
  try {
    unlinkSync(draft);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
