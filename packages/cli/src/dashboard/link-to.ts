import type { DashboardLink } from "./dashboard-json.ts";

/** A link at the top of a dashboard to another one of ours, for the same time range. */
export function linkTo({
  title,
  uid,
  tooltip,
  includeVars,
}: {
  readonly title: string;
  readonly uid: string;
  readonly tooltip: string;
  /** Takes along what is chosen here; the other one has to know the same variables. */
  readonly includeVars: boolean;
}): DashboardLink {
  return {
    title,
    type: "link",
    url: `/d/${uid}`,
    icon: "dashboard",
    tooltip,
    targetBlank: false,
    keepTime: true,
    includeVars,
  };
}
