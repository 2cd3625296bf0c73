import { accessSync, constants } from "node:fs";
import type { Model } from "../compile/model.ts";
import type { Fault, Place } from "../fault.ts";
import type { SpecDocument } from "../spec/read-spec.ts";
import { formatReference, isSecretReference, type SecretReference } from "../spec/reference.ts";
import { severityOf } from "./checks.ts";

/** References of which nothing is there in this environment. Names only, never a value. */
export function checkSecrets(
  { placeOf }: SpecDocument,
  model: Model,
  source: string,
  env: NodeJS.ProcessEnv,
): readonly Fault[] {
  const lines = source.split(/\r?\n/);
  const seen = new Set<string>();
  return [
    ...model.contacts.flatMap(({ integrations, place }) =>
      integrations.flatMap(({ settings }) => findReferences(settings, place)),
    ),
    ...findReferences(model.smtp, placeOf(["smtp"])),
    ...findReferences(model.target, placeOf(["targets"])),
  ].flatMap(({ reference, place }) => {
    const { from, name } = reference;
    const key = `${from}:${name}`;
    if (seen.has(key) || isThere(reference, env)) return [];
    seen.add(key);
    const isVariable = from === "env";
    return [
      {
        check: "env-missing",
        severity: severityOf("env-missing"),
        message: isVariable
          ? `the environment has no ${name} here`
          : `the file "${name}" cannot be read here`,
        advice: isVariable
          ? `apply and notify need it: export ${name}=...`
          : "apply and notify need it; is the path right, and readable by this user?",
        place: place && placeIn(lines, place, formatReference(reference)),
      },
    ];
  });
}

interface Found {
  readonly reference: SecretReference;
  readonly place: Place | undefined;
}

function findReferences(value: unknown, place: Place | undefined): Found[] {
  if (isSecretReference(value)) return [{ reference: value, place }];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((part) => findReferences(part, place));
}

function isThere({ from, name }: SecretReference, env: NodeJS.ProcessEnv): boolean {
  if (from === "env") return Boolean(env[name]);
  try {
    accessSync(name, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where the reference itself stands: the first line from the item's own on that has it. */
function placeIn(lines: readonly string[], place: Place, text: string): Place {
  const index = lines.findIndex((line, at) => at >= place.line - 1 && line.includes(text));
  const line = lines[index];
  return line === undefined ? place : { ...place, line: index + 1, column: line.indexOf(text) + 1 };
}
