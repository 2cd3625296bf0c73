import type { Json, Resource } from "../../plan/resource.ts";
import type { PolicyNode } from "./policy-tree.ts";
import type { GrafanaVersion } from "./version.ts";

interface Gate {
  readonly since: readonly [major: number, minor: number];
  /** What is left out, for "Grafana 11.0 has no ...". */
  readonly name: string;
  /** The resource as an older server can hold it; undefined: not at all; itself where it does not matter. */
  readonly without: (resource: Resource) => Resource | undefined;
}

/**
 * What older versions drop without a word, so that a plan would never come to an end, or refuse.
 * Sources: documentation of the alerting provisioning API and of Terraform's provider.
 */
const GATES: readonly Gate[] = [
  {
    since: [12, 0],
    name: "keep_firing_for",
    without: (resource) => omitFromRule(resource, "keep_firing_for"),
  },
  {
    since: [12, 0],
    name: "missing_series_evals_to_resolve",
    without: (resource) => omitFromRule(resource, "missingSeriesEvalsToResolve"),
  },
  {
    // Behind a toggle since 11.2, on since 11.6.
    since: [11, 6],
    name: "recording rules",
    without: (resource) => (resource.kind === "record" ? undefined : resource),
  },
  {
    since: [12, 1],
    name: "active timings of routes",
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
  for (const { since, name, without } of GATES) {
    const [major, minor] = since;
    if (version.major > major || (version.major === major && version.minor >= minor)) continue;
    let count = 0;
    fitted = fitted.flatMap((resource) => {
      const kept = without(resource);
      if (kept !== resource) count += 1;
      return kept === undefined ? [] : [kept];
    });
    if (count > 0) {
      warnings.push(
        `Grafana ${version.text} has no ${name} (${major}.${minor} has): left out of ${count} objects`,
      );
    }
  }
  const titled = uniqueTitles(fitted, version);
  return { wanted: titled.wanted, warnings: [...warnings, ...titled.warnings] };
}

/** PR #102067: two rules of one folder may have the same title. */
const FIRST_WITH_EQUAL_TITLES = 12;

/** The first keeps its title, which is the user's: rules of the default pack come after. */
function uniqueTitles(wanted: readonly Resource[], { text, major }: GrafanaVersion): Fitted {
  if (major >= FIRST_WITH_EQUAL_TITLES) return { wanted, warnings: [] };
  const taken = new Set<string>();
  const warnings: string[] = [];
  const renamed = wanted.map((resource) => {
    if (resource.kind !== "rule") return resource;
    const key = JSON.stringify([resource.body["folderUID"], resource.body["title"]]);
    if (!taken.has(key)) {
      taken.add(key);
      return resource;
    }
    const title = `${resource.title} (${resource.id})`;
    warnings.push(
      `Grafana ${text} has one rule of a name in a folder, so the other one is "${title}"`,
    );
    return { ...resource, title, body: { ...resource.body, title } };
  });
  return { wanted: renamed, warnings };
}

function omitFromRule(resource: Resource, key: string): Resource {
  if (resource.kind !== "rule" || !(key in resource.body)) return resource;
  const { [key]: _, ...body } = resource.body;
  return { ...resource, body };
}

function withoutActive({ active_time_intervals: _, routes, ...node }: PolicyNode): PolicyNode {
  return { ...node, ...(routes && { routes: routes.map(withoutActive) }) };
}
