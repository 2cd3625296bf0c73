import type { Json, Resource } from "../../plan/resource.ts";
import { type PolicyNode, referencesOf } from "./policy-tree.ts";

/** `kind id` of what must be there before an object can be stored. */
export function dependenciesOf(resource: Resource, wanted: readonly Resource[]): readonly string[] {
  const { kind, body } = resource;
  const folder = body["folderUID"] ?? body["folderUid"] ?? body["parentUid"];
  const keys = typeof folder === "string" ? [`folder ${folder}`] : [];
  if (kind === "policy") {
    const nodes = (body["routes"] ?? []) as unknown as readonly PolicyNode[];
    keys.push(...ofRoutes(nodes, wanted));
  }
  const settings = body["notification_settings"];
  if (settings) keys.push(...ofRoutes([settings as unknown as PolicyNode], wanted));
  return keys;
}

function ofRoutes(nodes: readonly PolicyNode[], wanted: readonly Resource[]): readonly string[] {
  const { receivers, timings } = referencesOf(nodes);
  const points = wanted.filter(
    ({ kind, body }) => kind === "contact-point" && receivers.has(textOf(body["name"])),
  );
  return [
    ...points.map(({ id }) => `contact-point ${id}`),
    ...[...timings].map((name) => `mute-timing ${name}`),
  ];
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
