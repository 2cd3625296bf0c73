import { createServiceOverview } from "./service-overview.ts";

export interface GeneratedFile {
  /** Below `dashboards/` of the repository, which Grafana reads. */
  readonly fileName: string;
  readonly text: string;
}

/** Every dashboard that is generated, as the exact text of its file. */
export function generateDashboards(): GeneratedFile[] {
  return [{ fileName: "service-overview.json", text: toText(createServiceOverview()) }];
}

function toText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
