/** Where a feature stands: in the HTTP API, in provisioning files, or in both. */
type Way = "api" | "files" | "both";

export interface GrafanaFeature {
  readonly id: string;
  readonly title: string;
  readonly way: Way;
  /** First version that has it. */
  readonly since: `${number}.${number}`;
  /** Versions on which it was tried: on the server itself; empty: known from the source alone. */
  readonly provenOn: readonly string[];
  /** What happens before that version. */
  readonly before: string;
  readonly source: string;
}

/**
 * What we use and not every Grafana from 11 to 13 has. "Proven" means that a real server of that version
 * was asked, for its having it or for its not having it; see test/grafana.
 */
export const GRAFANA_FEATURES = [
  {
    id: "nested-folders",
    title: "folders in folders",
    way: "api",
    since: "11.0",
    provenOn: ["10.4.3", "11.0.0"],
    before: "10.4 answers as if it had made them, and does not",
    source: "feature toggle nestedFolders",
  },
  {
    id: "nested-folders-in-files",
    title: "`folder: A/B` is a folder in a folder",
    way: "files",
    since: "11.1",
    provenOn: ["11.0.0"],
    before: "one folder with a slash in its title",
    source: "https://github.com/grafana/grafana/pull/77450",
  },
  {
    id: "contact-sns",
    title: "contact points of type sns",
    way: "both",
    since: "11.1",
    provenOn: ["11.0.0"],
    before: "refused",
    source: "GET /api/alert-notifiers",
  },
  {
    id: "versions",
    title: "`version` of mute timings and templates",
    way: "api",
    since: "11.2",
    provenOn: ["11.0.0"],
    before: "two writers at once may overwrite each other",
    source: "https://github.com/grafana/grafana/pull/88731",
  },
  {
    id: "rules-by-group",
    title: "new rules with uids in the PUT of a group",
    way: "api",
    since: "11.6",
    provenOn: ["10.4.3", "11.0.0"],
    before: "500; so each rule is sent alone, in every version",
    source: "alertrulegroup_controller.go of grafana-operator",
  },
  {
    id: "contact-jira",
    title: "contact points of type jira",
    way: "both",
    since: "11.6",
    provenOn: ["11.0.0"],
    before: "refused",
    source: "GET /api/alert-notifiers",
  },
  {
    id: "equal-titles",
    title: "two rules of one title in a folder",
    way: "both",
    since: "12.0",
    provenOn: ["10.4.3", "11.0.0"],
    before: "refused; the second one has its id in the title",
    source: "https://github.com/grafana/grafana/pull/102067",
  },
  {
    id: "keep-firing-for",
    title: "`keep_firing_for` of rules",
    way: "api",
    since: "12.0",
    provenOn: ["10.4.3", "11.0.0"],
    before: "dropped without a word; left out, with a warning",
    source: "documentation of the alerting provisioning API",
  },
  {
    id: "missing-series",
    title: "`missing_series_evals_to_resolve` of rules",
    way: "api",
    since: "12.0",
    provenOn: [],
    before: "left out, with a warning",
    source: "documentation of the alerting provisioning API",
  },
  {
    id: "dashboard-lists",
    title: "/apis/dashboard.grafana.app",
    way: "api",
    since: "12.0",
    provenOn: ["11.0.0"],
    before: "dashboards are read one at a time",
    source: "documentation, migrate to the new APIs",
  },
  {
    id: "record-rules",
    title: "recording rules that say where they write",
    way: "both",
    since: "12.1",
    provenOn: ["11.0.0"],
    before: "left out, with a warning; load them into Prometheus",
    source: "documentation of 12.0 (behind a toggle) and 12.2",
  },
  {
    id: "active-timings",
    title: "`active_time_intervals` of routes",
    way: "both",
    since: "12.1",
    provenOn: [],
    before: "left out, with a warning",
    source: "documentation of Terraform's provider",
  },
  {
    id: "keep-firing-for-in-files",
    title: "`keepFiringFor` of rules",
    way: "files",
    since: "12.2",
    provenOn: ["11.0.0"],
    before: "dropped without a word",
    source: "https://github.com/grafana/grafana/pull/109699",
  },
] as const satisfies readonly GrafanaFeature[];

export type GrafanaFeatureId = (typeof GRAFANA_FEATURES)[number]["id"];

/** Whether a version of Grafana has it. Throws for what is no version. */
export function hasFeature(id: GrafanaFeatureId, version: string): boolean {
  const feature = GRAFANA_FEATURES.find((row) => row.id === id);
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (feature === undefined || minor === undefined) throw new Error(`no version: ${version}`);
  const [sinceMajor, sinceMinor] = feature.since.split(".").map(Number) as [number, number];
  return (
    Number(major) > sinceMajor || (Number(major) === sinceMajor && Number(minor) >= sinceMinor)
  );
}

/** What a version has and has not, by id. */
export function featureSupport(version: string): Readonly<Record<GrafanaFeatureId, boolean>> {
  return Object.fromEntries(
    GRAFANA_FEATURES.map(({ id }) => [id, hasFeature(id, version)]),
  ) as Record<GrafanaFeatureId, boolean>;
}

/** First version that has it, as numbers. */
export function firstVersion(id: GrafanaFeatureId): readonly [major: number, minor: number] {
  const row = GRAFANA_FEATURES.find((feature) => feature.id === id);
  const [major = 0, minor = 0] = (row?.since ?? "0.0").split(".").map(Number);
  return [major, minor];
}

/** As a table of docs/grafana-versions.md. */
export function featureTable(): string {
  const rows = GRAFANA_FEATURES.map(
    ({ title, way, since, provenOn, before, source }) =>
      `| ${title} | ${way} | ${since} | ${provenOn.join(", ") || "not tried"} | ${before} | ${source} |`,
  );
  return [
    "| feature | in | since | tried on | before | source |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
