import { isSecretMark, type Json, type Resource } from "../../plan/resource.ts";
import { parseReference } from "../../spec/reference.ts";
import { resolveSecret } from "../resolve-secret.ts";

export interface SecretValue {
  /** In the settings of the contact point. */
  readonly path: string;
  /** Undefined where it is not at hand. */
  readonly value: string | undefined;
}

/** What may be said plainly and Grafana hides all the same, by type (receivers/jira/v1/config.go). */
const HIDDEN: Readonly<Record<string, readonly string[]>> = { jira: ["user"] };

/** What Grafana will not give back of a wanted contact point, as far as it can be looked up here. */
export function secretValuesOf({ body }: Resource, env: NodeJS.ProcessEnv): readonly SecretValue[] {
  const settings = body["settings"] as { readonly [key: string]: Json } | undefined;
  const references = secretsOf(settings).map(([path, text]): SecretValue => {
    const reference = parseReference(text);
    const found = reference && resolveSecret(reference, env);
    return { path, value: found?.status === "ok" ? found.value : undefined };
  });
  const plain = (HIDDEN[String(body["type"])] ?? []).flatMap((path): SecretValue[] => {
    const value = settings?.[path];
    return typeof value === "string" ? [{ path, value }] : [];
  });
  return [...references, ...plain];
}

/** Path in the settings → reference. */
function secretsOf(settings: Json | undefined, path = ""): readonly (readonly [string, string])[] {
  if (isSecretMark(settings)) {
    return settings.$secret === true ? [] : [[path, settings.$secret]];
  }
  if (Array.isArray(settings)) {
    return (settings as readonly Json[]).flatMap((item, index) =>
      secretsOf(item, `${path}[${index}]`),
    );
  }
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings).flatMap(([key, value]) =>
    secretsOf(value as Json, path === "" ? key : `${path}.${key}`),
  );
}
