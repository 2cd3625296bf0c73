import type { Resource } from "../../plan/resource.ts";
import { isCommon } from "./common-objects.ts";
import type { Fitted } from "./fit-version.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Sightline's own dashboards come from files where Grafana is that of its stack. They are the same ones,
 * and cannot be written by the API: that is no reason to refuse everything else.
 */
export function leaveToFiles(wanted: readonly Resource[], { dashboards }: Snapshot): Fitted {
  const provisioned = new Set(
    dashboards.filter(({ locked }) => locked !== undefined).map(({ uid }) => uid),
  );
  const left = wanted.filter(
    ({ kind, id }) => kind === "dashboard" && isCommon(kind, id) && provisioned.has(id),
  );
  if (left.length === 0) return { wanted, warnings: [] };
  const warning = `${left.length} dashboards of Sightline come from files of the server, and are left to it`;
  return { wanted: wanted.filter((resource) => !left.includes(resource)), warnings: [warning] };
}
