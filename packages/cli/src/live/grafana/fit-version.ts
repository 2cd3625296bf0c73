import { firstVersion, type GrafanaFeatureId, hasFeature } from "../../emit/grafana/features.ts";
import { uniqueTitles } from "../../emit/grafana/unique-titles.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import type { PolicyNode } from "./policy-tree.ts";
import type { GrafanaVersion } from "./version.ts";

interface Gate {
  readonly feature: GrafanaFeatureId;
  /** What is left out, for "Grafana 11.0 has no ...". */
  readonly name: string;
  /** The resource as an older server can hold it; undefined: not at all; itself where it does not matter. */
  readonly without: (resource: Resource) => Resource | undefined;
  /** What follows from that, where it is not plain. */
  readonly consequence?: string;
}

/**
 * What older versions drop without a word, so that a plan would never come to an end, or refuse. Since
 * when they have it, and by which source, is in the table of features.
 */
const GATES: readonly Gate[] = [
  {
    feature: "keep-firing-for",
    name: "keep_firing_for",
    without: (resource) => omitFromRule(resource, "keep_firing_for"),
  },
  {
    feature: "missing-series",
    name: "missing_series_evals_to_resolve",
    without: (resource) => omitFromRule(resource, "missingSeriesEvalsToResolve"),
  },
  {
    feature: "record-rules",
    name: "recording rules",
    consequence: "alerts on SLOs read them and never fire unless Prometheus records the same",
    without: (resource) => (resource.kind === "record" ? undefined : resource),
  },
  {
    feature: "active-timings",
    name: "active timings of routes",
    consequence: "people are told at other times, too",
    without: (resource) => {
      const routes = resource.kind === "policy" ? resource.body["routes"] : undefined;
      if (!JSON.stringify(routes ?? null).includes('"active_time_intervals"')) return resource;
      const kept = (routes as unknown as readonly PolicyNode[]).map(withoutActive);
      return { ...resource, body: { ...resource.body, routes: kept as unknown as Json } };
    },
  },
];

export interface Fitted {
  readonly wanted: readonly Resource[];
  readonly warnings: readonly string[];
}

export function fitVersion(wanted: readonly Resource[], version: GrafanaVersion): Fitted {
  const warnings: string[] = [];
  let fitted = wanted;
  for (const { feature, name, without, consequence } of GATES) {
    const [major, minor] = firstVersion(feature);
    if (version.major > major || (version.major === major && version.minor >= minor)) continue;
    let count = 0;
    fitted = fitted.flatMap((resource) => {
      const kept = without(resource);
      if (kept !== resource) count += 1;
      return kept === undefined ? [] : [kept];
    });
    if (count > 0) {
      warnings.push(
        `Grafana ${version.text} has no ${name} (${major}.${minor} has): left out of ${count} objects${consequence ? `; ${consequence}` : ""}`,
      );
    }
  }
  if (hasFeature("equal-titles", version.text)) return { wanted: fitted, warnings };
  const { resources, renamed } = uniqueTitles(fitted);
  const titles = renamed.map(
    (title) =>
      `Grafana ${version.text} has one rule of a name in a folder, so the other one is "${title}"`,
  );
  return { wanted: resources, warnings: [...warnings, ...titles] };
}

function omitFromRule(resource: Resource, key: string): Resource {
  if (resource.kind !== "rule" || !(key in resource.body)) return resource;
  const { [key]: _, ...body } = resource.body;
  return { ...resource, body };
}

function withoutActive({ active_time_intervals: _, routes, ...node }: PolicyNode): PolicyNode {
  return { ...node, ...(routes && { routes: routes.map(withoutActive) }) };
}
