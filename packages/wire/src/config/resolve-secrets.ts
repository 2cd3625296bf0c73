import { readFileSync } from "node:fs";
import { hasControlCharacters } from "./fields.ts";
import { parseReferences, type TextPart } from "./secret-reference.ts";

export type ResolvedSecrets =
  | { readonly status: "ok"; readonly values: Readonly<Record<string, string>> }
  /** Each a sentence that names the reference and never its value. */
  | { readonly status: "faults"; readonly faults: readonly string[] };

/**
 * Puts the values of `${env:NAME}` and `${file:/path}` into texts such as the headers of
 * `otlp.headers`. Called when they are used, so that a token that was renewed in its file is taken;
 * the configuration itself holds references only. A line end at the end of a file is left out.
 */
export function resolveSecrets(
  texts: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): ResolvedSecrets {
  const faults: string[] = [];
  const values = Object.entries(texts).map(([name, text]): [string, string] => {
    const parts = parseReferences(text).map((part) => resolvePart(part, env));
    for (const part of parts) if (part.fault !== undefined) faults.push(`${name}: ${part.fault}`);
    return [name, parts.map((part) => part.text).join("")];
  });
  return faults.length > 0
    ? { status: "faults", faults }
    : { status: "ok", values: Object.fromEntries(values) };
}

interface ResolvedPart {
  readonly text: string;
  readonly fault?: string;
}

function resolvePart(
  part: TextPart,
  env: Readonly<Record<string, string | undefined>>,
): ResolvedPart {
  switch (part.kind) {
    case "text":
      return { text: part.text };
    case "env":
      return checked(env[part.name], `the environment variable "${part.name}"`, "is not set");
    case "file":
      return readSecretFile(part.path);
  }
}

function readSecretFile(path: string): ResolvedPart {
  const what = `the file "${path}"`;
  try {
    return checked(readFileSync(path, "utf8").replace(/\r?\n$/, ""), what, "is empty");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      text: "",
      fault: `cannot read ${what}: ${code ?? "unknown"}; expected a file that this user may read`,
    };
  }
}

function checked(found: string | undefined, what: string, whenEmpty: string): ResolvedPart {
  if (!found) return { text: "", fault: `${what} ${whenEmpty}; expected the secret in it` };
  if (hasControlCharacters(found)) {
    return {
      text: "",
      fault: `${what} holds more than one line, or control characters; expected one line`,
    };
  }
  return { text: found };
}
