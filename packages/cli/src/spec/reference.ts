import { z } from "zod";

/**
 * A secret that is named and not written: `${env:NAME}` or `${file:/path}`. It is resolved when
 * something is sent, and its value is in no artefact, plan, log or error.
 */
export interface SecretReference {
  readonly kind: "secret";
  readonly from: "env" | "file";
  /** Name of the variable, or path of the file. */
  readonly name: string;
}

const REFERENCE = /^\$\{(env|file):([^{}\n]{1,4096})\}$/;

export function parseReference(text: string): SecretReference | undefined {
  const [, from, name] = REFERENCE.exec(text) ?? [];
  if (from === undefined || name === undefined) return undefined;
  return { kind: "secret", from: from as "env" | "file", name: name.trim() };
}

export function formatReference({ from, name }: SecretReference): string {
  return `\${${from}:${name}}`;
}

export function isSecretReference(value: unknown): value is SecretReference {
  return (
    typeof value === "object" && value !== null && (value as SecretReference).kind === "secret"
  );
}

/** `${NAME}` is no secret but a name, so it may be repeated. */
function adviceFor(text: string): string | undefined {
  const [, name] = /^\$\{([A-Z][A-Z0-9_]{0,99})\}$/.exec(text) ?? [];
  return name === undefined ? undefined : `did you mean \${env:${name}}?`;
}

// Without what was found: it may be the secret itself.
const EXPECTED_SECRET =
  "expected a reference like ${env:NAME} or ${file:/path}; a secret is never written into this file";

/** Only a reference: a secret that is written out is refused. */
export const secretSchema = z
  .string({ error: EXPECTED_SECRET })
  .transform((text, context) => {
    const reference = parseReference(text);
    if (reference) return reference;
    context.addIssue({
      code: "custom",
      message: EXPECTED_SECRET,
      params: { check: "secret-in-file", advice: adviceFor(text) },
    });
    return z.NEVER;
  })
  .meta({
    description: "A secret, by reference: ${env:NAME} or ${file:/path}",
    pattern: REFERENCE.source,
  });
