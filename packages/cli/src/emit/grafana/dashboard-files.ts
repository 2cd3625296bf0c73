import type { Json, Resource } from "../../plan/resource.ts";
import type { Artefact } from "../artefact.ts";
import { keepDollars } from "./dollar.ts";
import { toGrafanaYaml } from "./grafana-yaml.ts";

/** Where Grafana's packages and images have their provisioning folder. */
const BASE = "/etc/grafana/provisioning/dashboards";

/** A provider for each folder, and a file for each dashboard. Files of dashboards are never read for `$`. */
export function fileDashboards(
  dashboards: readonly Resource[],
  folderPath: (uid: string) => string,
): readonly Artefact[] {
  if (dashboards.length === 0) return [];
  const folders = [
    ...new Set(dashboards.map(({ body }) => String(body["folderUid"] ?? ""))),
  ].sort();
  const providers = folders.map((uid): Json => {
    const directory = directoryOf(uid);
    return {
      name: `sightline-${directory}`,
      orgId: 1,
      type: "file",
      // By its title: a uid here would make a second folder beside the one that alerting files made.
      // Not as a path: a provider knows titles alone.
      folder: uid === "" ? "" : keepDollars(folderPath(uid).replaceAll("\\/", "/")),
      disableDeletion: false,
      allowUiUpdates: false,
      options: { path: `${BASE}/${directory}` },
    };
  });
  return [
    {
      path: "grafana/dashboards/sightline.yaml",
      text: toGrafanaYaml(
        { apiVersion: 1, providers },
        " Made by sightline build. Grafana looks for the dashboards in folders beside this file.",
      ),
    },
    ...dashboards.map(({ id, body }) => ({
      path: `grafana/dashboards/${directoryOf(String(body["folderUid"] ?? ""))}/${id}.json`,
      text: `${JSON.stringify(body["dashboard"], undefined, 2)}\n`,
    })),
  ];
}

function directoryOf(folderUid: string): string {
  return folderUid === "" ? "general" : folderUid;
}
