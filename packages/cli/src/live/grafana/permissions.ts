/**
 * What a service account needs for each path, as Grafana's RBAC names it; what is said when a 403
 * does not name it by itself. https://grafana.com/docs/grafana/latest/developers/http_api/alerting_provisioning/
 */
const PERMISSIONS: readonly (readonly [RegExp, read: string, write: string])[] = [
  [
    /^\/api\/v1\/provisioning\/alert-rules|^\/api\/v1\/provisioning\/folder\//,
    "alert.provisioning:read (Alerting: Rules Reader)",
    "alert.provisioning:write (Alerting: Rules Writer and Set provisioning status)",
  ],
  [
    /^\/api\/v1\/provisioning\//,
    "alert.provisioning:read (Alerting: Notifications Reader)",
    "alert.provisioning:write (Alerting: Notifications Writer and Set provisioning status)",
  ],
  [/^\/api\/prometheus\//, "alert.rules:read (Viewer)", ""],
  [/^\/api\/datasources/, "datasources:read (Admin)", "datasources:write (Admin)"],
  [/^\/api\/folders/, "folders:read (Viewer)", "folders:create and folders:write (Editor)"],
  [/folder\.grafana\.app/, "folders:read (Viewer)", "folders:create and folders:write (Editor)"],
  [/^\/api\/search/, "dashboards:read and folders:read (Viewer)", ""],
  [
    /^\/api\/dashboards|dashboard\.grafana\.app/,
    "dashboards:read (Viewer)",
    "dashboards:create and dashboards:write (Editor)",
  ],
  [/^\/api\/org/, "orgs:read (Viewer)", ""],
];

export function permissionFor(path: string, isWrite: boolean): string | undefined {
  const row = PERMISSIONS.find(([pattern]) => pattern.test(path));
  return row?.[isWrite ? 2 : 1] || undefined;
}
