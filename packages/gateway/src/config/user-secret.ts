import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ENV, isUserSecret, USER_SECRET_EXPECTED } from "@sightline/core";
import type { Environment } from "@sightline/wire/config";

export type UserSecretResult =
  | { readonly status: "ok"; readonly secret: string; readonly isNew: boolean }
  | { readonly status: "failed"; readonly message: string };

/**
 * The secret of user hashes: `SIGHTLINE_USER_SECRET`, else the file, which is made where it is missing.
 * Services and several gateways count a user as one only with the same secret.
 */
export function readUserSecret(path: string, env: Environment): UserSecretResult {
  const given = env[ENV.userSecret]?.trim();
  if (given) {
    return isUserSecret(given)
      ? { status: "ok", secret: given, isNew: false }
      : { status: "failed", message: `${ENV.userSecret}: expected ${USER_SECRET_EXPECTED}` };
  }
  try {
    return checkFile(path, readFileSync(path, "utf8"), false);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return unreadable(path, error);
  }
  return makeFile(path);
}

function makeFile(path: string): UserSecretResult {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${randomBytes(24).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    // Another process of this machine may have been first: its secret is as good.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return unreadable(path, error);
  }
  try {
    return checkFile(path, readFileSync(path, "utf8"), true);
  } catch (error) {
    return unreadable(path, error);
  }
}

function checkFile(path: string, text: string, isNew: boolean): UserSecretResult {
  const secret = text.trim();
  if (isUserSecret(secret)) return { status: "ok", secret, isNew };
  return {
    status: "failed",
    message: `${path}: expected ${USER_SECRET_EXPECTED} in it, such as from "openssl rand -hex 24"; or remove it, and one is made`,
  };
}

function unreadable(path: string, error: unknown): UserSecretResult {
  const { code } = error as NodeJS.ErrnoException;
  return {
    status: "failed",
    message: `${path}: cannot be read or made: ${code}; make it readable for this user, or set ${ENV.userSecret}`,
  };
}
