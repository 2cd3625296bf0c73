import { chmodSync, lchownSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DATA_FOLDER } from "@sightline/core";
import type { SecretFile } from "../../emit/contacts/receivers.ts";
import type { SecretState } from "../../plan/resource.ts";
import { makeDirectory } from "../../stack/directory.ts";
import type { Paths } from "../../stack/paths.ts";
import { listFiles } from "../../stack/render.ts";
import { alertmanagerSecrets } from "../../stack/secret-place.ts";
import type { StackMode } from "../../stack/spec.ts";
import { resolveSecret } from "../resolve-secret.ts";

/** The user of the official Alertmanager image. */
const ALERTMANAGER_UID = 65_534;

export type SecretsResolved =
  | { readonly status: "ok"; readonly values: ReadonlyMap<string, string> }
  | { readonly status: "missing"; readonly reasons: readonly string[] };

/**
 * The texts of all secrets by file name, or everything that is missing. One that was applied before
 * stays as it is where its value is not at hand.
 */
export function resolveSecrets(
  paths: Paths,
  secrets: readonly SecretFile[],
  env: NodeJS.ProcessEnv,
): SecretsResolved {
  const values = new Map<string, string>();
  const reasons: string[] = [];
  for (const { name, reference } of secrets) {
    const resolved = resolveSecret(reference, env);
    if (resolved.status === "ok") values.set(name, resolved.value);
    else if (readSecret(paths, name) === undefined) reasons.push(resolved.reason);
  }
  return reasons.length > 0 ? { status: "missing", reasons } : { status: "ok", values };
}

/** What is known of a secret that was applied, against what its reference gives here and now. */
export function secretState(
  paths: Paths,
  { name, reference }: SecretFile,
  env: NodeJS.ProcessEnv,
): SecretState {
  const stored = readSecret(paths, name);
  if (stored === undefined) return "unrecorded";
  const resolved = resolveSecret(reference, env);
  if (resolved.status !== "ok") return "unknown";
  return resolved.value === stored ? "same" : "changed";
}

export function readSecret(paths: Paths, name: string): string | undefined {
  try {
    return readFileSync(join(alertmanagerSecrets(paths), name), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The folder, which a container mounts; it has to be there before Docker makes one of root's. */
export function makeSecretsFolder(paths: Paths, mode: StackMode): void {
  const folder = alertmanagerSecrets(paths);
  makeDirectory(folder);
  // Whoever may pass this one is let through below, since Alertmanager's container is another user.
  chmodSync(join(paths.data, DATA_FOLDER.secrets), 0o700);
  chmodSync(folder, mode === "docker" ? 0o755 : 0o700);
}

/**
 * Whole or not at all, and for its reader alone: of mode 0600. A container's user is another one:
 * where this user is root, the file is given to it; else it may be read by all who come as far as the
 * folder, which on this machine is its owner alone.
 */
export function writeSecret(paths: Paths, mode: StackMode, name: string, value: string): void {
  const path = join(alertmanagerSecrets(paths), name);
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, value, { mode: 0o600 });
  giveToReader(draft, mode);
  renameSync(draft, path);
}

/** What an earlier `apply` wrote, made readable for the server of this mode. */
export function giveSecrets(paths: Paths, mode: StackMode): void {
  makeSecretsFolder(paths, mode);
  for (const path of listFiles(alertmanagerSecrets(paths))) giveToReader(path, mode);
}

function giveToReader(path: string, mode: StackMode): void {
  const isRoot = process.getuid?.() === 0;
  const isContainer = mode === "docker";
  if (isRoot)
    lchownSync(path, isContainer ? ALERTMANAGER_UID : 0, isContainer ? ALERTMANAGER_UID : 0);
  else chmodSync(path, isContainer ? 0o644 : 0o600);
}

/** Those that nothing names any more. */
export function removeUnusedSecrets(paths: Paths, isUsed: (name: string) => boolean): void {
  for (const path of listFiles(alertmanagerSecrets(paths))) {
    if (!isUsed(basename(path))) rmSync(path, { force: true });
  }
}

export function removeSecret(paths: Paths, name: string): void {
  rmSync(join(alertmanagerSecrets(paths), name), { force: true });
}
