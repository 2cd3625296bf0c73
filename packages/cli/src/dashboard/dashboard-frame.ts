import type { Dashboard } from "./dashboard-json.ts";

/** What all dashboards have in common. Grafana migrates older schemas; 39 is that of Grafana 10.3. */
export const DASHBOARD_FRAME: Pick<
  Dashboard,
  | "tags"
  | "schemaVersion"
  | "version"
  | "editable"
  | "graphTooltip"
  | "refresh"
  | "time"
  | "timezone"
> = {
  tags: ["sightline"],
  schemaVersion: 39,
  version: 1,
  editable: true,
  graphTooltip: 1,
  refresh: "30s",
  time: { from: "now-1h", to: "now" },
  timezone: "browser",
};
