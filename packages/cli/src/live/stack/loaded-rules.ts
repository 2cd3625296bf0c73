import type { Source } from "../../compile/model.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import { getJson, type QueryResult } from "../../query/http-json.ts";

/** A rule as /api/v1/rules of Prometheus and /prometheus/api/v1/rules of Loki give it. */
export interface LoadedRule {
  readonly name: string;
  readonly type: "alerting" | "recording";
  readonly duration?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError?: string;
  readonly alerts?: readonly LoadedAlert[];
}

export interface LoadedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
  readonly activeAt: string;
}

export interface LoadedGroup {
  readonly name: string;
  readonly file: string;
  readonly interval: number;
  readonly rules: readonly LoadedRule[];
}

const PATHS: { readonly [source in Source]: string } = {
  prometheus: "/api/v1/rules",
  loki: "/prometheus/api/v1/rules",
};

export function readLoadedGroups(
  source: Source,
  url: string,
): Promise<QueryResult<readonly LoadedGroup[]>> {
  return getJson(
    `${url}${PATHS[source]}`,
    {},
    (answer) => (answer as { data: { groups: readonly LoadedGroup[] } }).data.groups,
  );
}

/** Those of the rules in a file that the server has not as they stand there. Queries are not compared: servers write them anew. */
export function findUnloaded(
  resources: readonly Resource[],
  groups: readonly LoadedGroup[],
): ReadonlySet<Resource> {
  const loaded = new Set(
    groups.flatMap((group) => group.rules.map((rule) => keyOfLoaded(group, rule))),
  );
  return new Set(resources.filter((resource) => !loaded.has(keyOfWritten(resource))));
}

function keyOfLoaded(group: LoadedGroup, rule: LoadedRule): string {
  return JSON.stringify([
    group.name,
    group.interval,
    rule.type === "recording",
    rule.name,
    rule.duration ?? 0,
    sorted(rule.labels),
    sorted(rule.annotations),
  ]);
}

function keyOfWritten({ kind, title, body }: Resource): string {
  return JSON.stringify([
    body["group"],
    secondsOf(body["interval"]),
    kind === "record",
    title,
    secondsOf(body["for"]),
    sorted(body["labels"]),
    sorted(body["annotations"]),
  ]);
}

function sorted(pairs: Json | undefined): readonly (readonly [string, Json])[] {
  return Object.entries(pairs ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  y: 31_536_000,
  w: 604_800,
  d: 86_400,
  h: 3_600,
  m: 60,
  s: 1,
  ms: 0.001,
};

/** `1h30m` as Prometheus writes durations. */
function secondsOf(duration: Json | undefined): number {
  const parts = [...String(duration ?? "").matchAll(/(\d+)(ms|[ywdhms])/g)];
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS[unit ?? ""] ?? 0),
    0,
  );
}
