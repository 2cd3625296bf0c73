import { projectTag } from "../../emit/grafana/dashboards.ts";
import { isJsonObject, type Json } from "../../plan/resource.ts";

type Body = { readonly [key: string]: Json };

/** What every project's mark begins with. */
const PROJECT_TAG = projectTag("");
/** Set by the server on each save, or known from elsewhere. */
const ROOT_SERVER_KEYS = new Set(["id", "uid", "version", "iteration", "gnetId"]);
/** What Grafana takes where a dashboard says nothing; its pages write these on every save. */
const ROOT_DEFAULTS: Readonly<Record<string, Json>> = {
  editable: true,
  fiscalYearStartMonth: 0,
  graphTooltip: 0,
  liveNow: false,
  preload: false,
  refresh: "",
  style: "dark",
  timezone: "browser",
  weekStart: "",
};

/**
 * Ids of panels and of the server, empty parts and defaults do not count, and neither does a
 * schemaVersion that the server migrated upwards (to be compared by {@link canonicalDashboard} the
 * wanted one must not be later than the live one).
 */
export function canonicalDashboard(body: Body): Body {
  const { dashboard, folderUid, storedVersion } = body;
  return {
    ...(folderUid && { folderUid }),
    // A later schema that people saved in; reading it as a classic one loses tabs and conditions.
    ...(storedVersion && { storedVersion }),
    dashboard: canonicalRoot(dashboard ?? {}),
  };
}

function canonicalRoot(value: Json): Json {
  if (!isJsonObject(value)) return value;
  const entries: [string, Json][] = [];
  for (const [key, part] of Object.entries(value)) {
    if (ROOT_SERVER_KEYS.has(key) || key === "schemaVersion" || ROOT_DEFAULTS[key] === part)
      continue;
    const kept =
      key === "panels"
        ? withoutPanelIds(part)
        : key === "annotations"
          ? withoutBuiltIn(part)
          : key === "tags" && Array.isArray(part)
            ? withoutMarks(part as readonly Json[])
            : part;
    const clean = prune(kept);
    if (!isNothing(clean)) entries.push([key, clean]);
  }
  return Object.fromEntries(entries);
}

/** Whose it is was read already; what it is does not differ by that. */
function withoutMarks(tags: readonly Json[]): readonly Json[] {
  return tags.filter((tag) => !(typeof tag === "string" && tag.startsWith(PROJECT_TAG))).sort();
}

function withoutPanelIds(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return (value as readonly Json[]).map((panel) => {
    if (!isJsonObject(panel)) return panel;
    // Written by the page that saved it.
    const { id: _, pluginVersion: __, panels, collapsed, ...rest } = panel;
    return {
      ...rest,
      ...(collapsed === true && { collapsed }),
      ...(panels && { panels: withoutPanelIds(panels) }),
    };
  });
}

/** "Annotations & Alerts" is added to every dashboard. */
function withoutBuiltIn(value: Json): Json {
  if (!isJsonObject(value) || !Array.isArray(value["list"])) return value;
  const list = (value["list"] as readonly Json[]).filter(
    (annotation) => !(isJsonObject(annotation) && annotation["builtIn"] === 1),
  );
  return { ...value, list };
}

function prune(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(prune);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, part]) => [key, prune(part)] as const)
    .filter(([, part]) => !isNothing(part));
  return Object.fromEntries(entries);
}

function isNothing(value: Json): boolean {
  if (value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
