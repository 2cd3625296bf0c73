import type { SecretFile } from "../../emit/contacts/receivers.ts";
import type { Json, Resource, SecretState } from "../../plan/resource.ts";
import { formatReference } from "../../spec/reference.ts";
import { CONTAINER_SECRETS } from "../../stack/secret-place.ts";

/** An object with a mark where it has the path of a secret's file. */
export function withMarks(
  resource: Resource,
  markOf: (fileName: string) => Json,
  folder: string = CONTAINER_SECRETS,
): Resource {
  const walk = (value: Json): Json => {
    if (typeof value === "string") {
      return value.startsWith(`${folder}/`) ? markOf(value.slice(folder.length + 1)) : value;
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, walk(part)]));
  };
  return { ...resource, body: walk(resource.body) as Resource["body"] };
}

export function wantedMark(secrets: readonly SecretFile[]): (fileName: string) => Json {
  return (fileName) => {
    const secret = secrets.find(({ name }) => name === fileName);
    return { $secret: secret === undefined ? true : formatReference(secret.reference) };
  };
}

export function liveMark(
  secrets: readonly SecretFile[],
  stateOf: (secret: SecretFile) => SecretState,
): (fileName: string) => Json {
  return (fileName) => {
    const secret = secrets.find(({ name }) => name === fileName);
    // Not the one that is wanted there: so it is another secret, whatever is in it.
    return { $secret: true, $state: secret === undefined ? "changed" : stateOf(secret) };
  };
}
