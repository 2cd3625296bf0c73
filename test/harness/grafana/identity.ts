import { type Answer, refuse } from "./answer.ts";
import type { Call, Route } from "./route.ts";

const SOURCE = "pkg/api/http_server.go; seen on 10.4.3 and 11.0.0";

/** What a role may, of what the CLI needs (pkg/services/ngalert/accesscontrol.go, pkg/services/accesscontrol/ossaccesscontrol). */
const VIEWER = [
  "folders:read",
  "dashboards:read",
  "alert.rules:read",
  "alert.notifications:read",
  "alert.notifications.time-intervals:read",
];
const EDITOR = [
  ...VIEWER,
  ...["folders:create", "folders:write", "folders:delete"],
  ...["dashboards:create", "dashboards:write", "dashboards:delete"],
  ...["alert.rules:create", "alert.rules:write", "alert.rules:delete", "alert.notifications:write"],
];
const ADMIN = [
  ...EDITOR,
  ...["datasources:read", "datasources:create", "datasources:write", "datasources:delete"],
  ...["alert.provisioning:read", "alert.provisioning:write", "alert.provisioning.secrets:read"],
  ...["alert.notifications.receivers:test"],
];
export const ROLES = { Viewer: VIEWER, Editor: EDITOR, Admin: ADMIN } as const;
export type Role = keyof typeof ROLES;
export const ALL_ACTIONS: readonly string[] = ADMIN;

export const identityRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/org",
    source: SOURCE,
    handle: () => ({
      status: 200,
      body: {
        id: 1,
        name: "Main Org.",
        address: { address1: "", address2: "", city: "", zipCode: "", state: "", country: "" },
      },
    }),
  },
  {
    method: "GET",
    path: "/api/frontend/settings",
    source: "pkg/api/frontendsettings.go; where [auth] hide_version keeps it from /api/health",
    handle: ({ state }) => ({
      status: 200,
      body: { buildInfo: { version: state.profile.version, edition: "Open Source" } },
    }),
  },
  { method: "GET", path: "/api/user", source: SOURCE, handle: readUser },
  {
    method: "GET",
    path: "/api/access-control/user/permissions",
    query: ["reloadcache"],
    source: SOURCE,
    handle: ({ can }: Call): Answer => ({
      status: 200,
      body: Object.fromEntries(
        ALL_ACTIONS.filter((action) => can(action)).map((action) => [action, [scopeOf(action)]]),
      ),
    }),
  },
];

function scopeOf(action: string): string {
  if (action.startsWith("datasources:"))
    return action === "datasources:create" ? "" : "datasources:*";
  if (action.startsWith("folders:") || action.startsWith("alert.rules:")) return "folders:*";
  if (action.startsWith("dashboards:"))
    return action === "dashboards:create" ? "folders:*" : "dashboards:*";
  return "";
}

/** A service account is no user here (seen on both). */
function readUser({ isServiceAccount, login }: Call): Answer {
  if (isServiceAccount) throw refuse(403, "Endpoint only available for users");
  return {
    status: 200,
    body: {
      id: 1,
      uid: "",
      email: `${login}@localhost`,
      name: "",
      login,
      theme: "",
      orgId: 1,
      isGrafanaAdmin: true,
      isDisabled: false,
    },
  };
}
