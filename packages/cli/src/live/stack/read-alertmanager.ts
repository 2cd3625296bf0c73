import { basename } from "node:path";
import { parse } from "yaml";
import { alertmanagerObjects } from "../../emit/stack/alertmanager-resources.ts";
import { isGenerated, readProject } from "../../emit/stack/generated-header.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import type { RulesRead } from "./read-rules.ts";

/**
 * alertmanager.yml as objects. A file that Sightline did not make is somebody else's, and so are the
 * settings that the specification of another project has applied: its routes would be replaced.
 */
export function readAlertmanager(text: string, wantedProject: Json | undefined): RulesRead {
  try {
    // Chat ids are larger than a number of JavaScript holds.
    const file = withoutBigInts(parse(text, { intAsBigInt: true }) ?? {});
    const owner = isGenerated(text) ? "ours" : "foreign";
    const project = readProject(text);
    const objects = alertmanagerObjects(file as Resource["body"], undefined, project);
    const resources = objects.map((resource): Resource => ({ ...resource, owner }));
    const isOfAnother = project !== "" && wantedProject !== undefined && project !== wantedProject;
    return { status: "ok", resources: isOfAnother ? resources.map(markForeign) : resources };
  } catch (error) {
    return { status: "invalid", reason: (error as Error).message.split("\n")[0] ?? "" };
  }
}

function markForeign(resource: Resource): Resource {
  const { kind, body } = resource;
  if (kind !== "setting") return resource;
  return { ...resource, owner: "foreign", heldBy: `project "${String(body["project"])}"` };
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
