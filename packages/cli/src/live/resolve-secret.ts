import { readFileSync, statSync } from "node:fs";
import { formatReference, type SecretReference } from "../spec/reference.ts";

export type ResolvedSecret =
  | { readonly status: "ok"; readonly value: string }
  /** `reason` names the reference, never a value. */
  | { readonly status: "missing"; readonly reason: string };

/** Largest file that is taken for a secret; a wrong path must not send a log to a server. */
const MAX_BYTES = 64 * 1024;

/** The value behind a reference, looked up where it is sent and nowhere else. */
export function resolveSecret(reference: SecretReference, env: NodeJS.ProcessEnv): ResolvedSecret {
  const name = formatReference(reference);
  if (reference.from === "env") {
    const value = env[reference.name];
    if (value) return { status: "ok", value };
    const state = value === undefined ? "not set" : "empty";
    return { status: "missing", reason: `${name}: the variable is ${state}` };
  }
  try {
    const stats = statSync(reference.name);
    // Reading a pipe or a device may never end, and no signal would end it.
    if (!(stats.isFile() || stats.isDirectory())) {
      return { status: "missing", reason: `${name}: a pipe or a device; expected a file` };
    }
    const bytes = stats.size > MAX_BYTES ? undefined : readFileSync(reference.name);
    if (bytes === undefined || bytes.length > MAX_BYTES) {
      return { status: "missing", reason: `${name}: the file is larger than ${MAX_BYTES} bytes` };
    }
    // Editors and `echo` end a file with a line break, which is no part of the secret.
    const value = bytes.toString("utf8").replace(/\r?\n$/, "");
    if (value !== "") return { status: "ok", value };
    return { status: "missing", reason: `${name}: the file is empty` };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "cannot be read";
    return { status: "missing", reason: `${name}: ${code}` };
  }
}
