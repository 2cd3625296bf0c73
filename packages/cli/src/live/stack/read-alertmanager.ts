import { basename } from "node:path";
import { parse } from "yaml";
import { alertmanagerObjects } from "../../emit/stack/alertmanager-resources.ts";
import { isGenerated } from "../../emit/stack/generated-header.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import type { RulesRead } from "./read-rules.ts";

/** alertmanager.yml as objects; a file that Sightline did not make is somebody else's. */
export function readAlertmanager(text: string): RulesRead {
  try {
    // Chat ids are larger than a number of JavaScript holds.
    const file = withoutBigInts(parse(text, { intAsBigInt: true }) ?? {});
    const owner = isGenerated(text) ? "ours" : "foreign";
    const objects = alertmanagerObjects(file as Resource["body"]);
    return { status: "ok", resources: objects.map((resource) => ({ ...resource, owner })) };
  } catch (error) {
    return { status: "invalid", reason: (error as Error).message.split("\n")[0] ?? "" };
  }
}

/** As the emitter writes those that it must keep exact: `{"$integer": "-1001234567890123"}`. */
function withoutBigInts(value: unknown): Json {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : { $integer: String(value) };
  }
  if (Array.isArray(value)) return value.map(withoutBigInts);
  if (typeof value !== "object" || value === null) return value as Json;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withoutBigInts(part)]),
  );
}

/** A file of message templates. */
export function readTemplate(path: string, text: string): Resource {
  const id = basename(path, ".tmpl");
  return { kind: "template", id, title: id, body: { template: text }, owner: "ours" };
}
