import type { Fault, Place } from "../../fault.ts";
import type { Json, Resource, ResourceKind } from "../../plan/resource.ts";
import { formatReference, type SecretReference } from "../../spec/reference.ts";
import type { GrafanaObjectsSpec } from "../../spec/schema/grafana-objects.ts";
import type { CompileInput } from "../compile-spec.ts";

type Body = Resource["body"];

/** What the specification says in Grafana's own words; nothing is added to it. */
export function compileGrafanaObjects({ document, target }: CompileInput): {
  readonly objects: readonly Resource[];
  readonly faults: readonly Fault[];
} {
  const { grafana } = document.spec;
  if (grafana === undefined) return { objects: [], faults: [] };
  const placeOf = (section: string, index: number): Place =>
    document.placeOf(["grafana", section, index]);
  const objects = toResources(grafana, placeOf);
  const isGrafana = target.kind === "grafana";
  return {
    objects: isGrafana ? objects : [],
    faults: [
      ...findDoubles(objects),
      ...(isGrafana || objects.length === 0
        ? []
        : [notHere(document.placeOf(["grafana"]), objects.length)]),
    ],
  };
}

function toResources(
  grafana: GrafanaObjectsSpec,
  placeOf: (section: string, index: number) => Place,
): readonly Resource[] {
  const named = (
    kind: ResourceKind,
    id: string,
    title: string,
    body: Body,
    place: Place,
  ): Resource => ({ kind, id, title, body, place, owner: "ours", isNamed: true });
  return [
    ...grafana.folders.map(({ uid, title, parentUid }, index) =>
      named(
        "folder",
        uid,
        title,
        { uid, title, ...(parentUid && { parentUid }) },
        placeOf("folders", index),
      ),
    ),
    ...grafana.templates.map(({ name, template }, index) =>
      named("template", name, name, { template }, placeOf("templates", index)),
    ),
    ...grafana.mute_timings.map(({ name, time_intervals }, index) =>
      named(
        "mute-timing",
        name,
        name,
        { time_intervals } as unknown as Body,
        placeOf("mute_timings", index),
      ),
    ),
    ...grafana.contact_points.map((point, index) =>
      named(
        "contact-point",
        point.uid,
        point.name,
        contactPointBody(point),
        placeOf("contact_points", index),
      ),
    ),
    ...grafana.rules.map(({ uid, ...rule }, index) =>
      named(
        "record" in rule ? "record" : "rule",
        uid,
        rule.title,
        rule as unknown as Body,
        placeOf("rules", index),
      ),
    ),
  ];
}

function contactPointBody(point: GrafanaObjectsSpec["contact_points"][number]): Body {
  const settings = structuredClone(point.settings) as Record<string, Json>;
  for (const [path, reference] of Object.entries(point.secure ?? {})) {
    placeSecret(settings, path.split("."), reference);
  }
  return {
    name: point.name,
    type: point.type,
    settings,
    disableResolveMessage: point.disableResolveMessage ?? false,
  };
}

function placeSecret(
  settings: Record<string, Json>,
  path: readonly string[],
  reference: SecretReference,
): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    settings[key] = { $secret: formatReference(reference) };
    return;
  }
  const below = settings[key];
  const next = typeof below === "object" && below !== null && !Array.isArray(below) ? below : {};
  settings[key] = next as Json;
  placeSecret(next as Record<string, Json>, rest, reference);
}

function findDoubles(objects: readonly Resource[]): Fault[] {
  const seen = new Map<string, Resource>();
  return objects.flatMap((object) => {
    const key = `${object.kind} ${object.id}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, object);
      return [];
    }
    return [
      {
        check: "duplicate-name",
        severity: "error",
        message: `${object.kind} "${object.id}" is there twice`,
        advice: `the other stands in line ${first.place?.line}`,
        place: object.place,
      } satisfies Fault,
    ];
  });
}

function notHere(place: Place, count: number): Fault {
  return {
    check: "target-cannot",
    severity: "warning",
    message: `${count} objects in Grafana's own words are left out: this target is no Grafana`,
    advice: "name a target that has grafana: {url}",
    place,
  };
}
