import { isSecretMark, type Json, type Resource } from "../../plan/resource.ts";
import { parseReference } from "../../spec/reference.ts";
import { resolveSecret } from "../resolve-secret.ts";
import { REDACTED } from "./secret-marks.ts";

/** The values of references, just before they are sent. */
export function withSecrets(
  resource: Resource,
  exists: boolean,
  env: NodeJS.ProcessEnv,
):
  | { readonly status: "ok"; readonly resource: Resource }
  | { readonly status: "missing"; readonly reason: string } {
  const reasons: string[] = [];
  const fill = (value: Json): Json => {
    if (isSecretMark(value)) {
      const reference = value.$secret === true ? undefined : parseReference(value.$secret);
      const found = reference && resolveSecret(reference, env);
      if (found?.status === "ok") return found.value;
      // What is stored stays: PUT takes the stored secret for exactly this text.
      if (exists) return REDACTED;
      reasons.push(found?.reason ?? "a secret has no reference");
      return "";
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map(fill);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [key, fill(part as Json)]),
    );
  };
  const body = fill(resource.body) as Resource["body"];
  if (reasons.length > 0) return { status: "missing", reason: reasons.join("; ") };
  return { status: "ok", resource: { ...resource, body } };
}
