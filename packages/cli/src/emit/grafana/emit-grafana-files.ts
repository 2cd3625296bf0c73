import type { Model } from "../../compile/model.ts";
import type { Json, Resource, ResourceKind } from "../../plan/resource.ts";
import type { Artefact } from "../artefact.ts";
import {
  fileContactPoints,
  fileGroups,
  filePolicies,
  fileRemovals,
  fileTemplates,
  fileTimings,
  listed,
} from "./alerting-file.ts";
import { fileDashboards } from "./dashboard-files.ts";
import { emitGrafana } from "./emit-grafana.ts";
import { FILES_MANIFEST_PATH, type FilesManifest, nextFilesManifest } from "./files-manifest.ts";
import { folderPaths } from "./folder-paths.ts";
import { toGrafanaYaml } from "./grafana-yaml.ts";
import { uniqueTitles } from "./unique-titles.ts";

const HEAD = ` Made by sightline build. What is written here is replaced by the next build.`;

/**
 * The same as files for Grafana's provisioning folder: `grafana/alerting/*.yaml`,
 * `grafana/dashboards/*`, with `$` doubled where Grafana reads it and secrets as `$NAME` and
 * `$__file{/path}`. `last` is what the build before left in {@link FILES_MANIFEST_PATH}: what is no longer
 * wanted is removed. Byte-stable. Nothing for a model whose target is no Grafana.
 */
export function emitGrafanaFiles(model: Model, last?: FilesManifest): readonly Artefact[] {
  if (model.target.kind !== "grafana") return [];
  // No version is known here, and one below 12.0 does not start with two rules of one title.
  const { resources } = uniqueTitles(emitGrafana(model));
  const of = (kind: ResourceKind): readonly Resource[] =>
    resources.filter((resource) => resource.kind === kind);
  const paths = folderPaths(of("folder"));
  const pathOf = (uid: string): string => paths.get(uid) ?? uid;
  const manifest = nextFilesManifest(resources, last);
  const records = listed("groups", fileGroups(of("record"), pathOf));
  return [
    alerting(
      "sightline",
      {
        ...listed("contactPoints", fileContactPoints(of("contact-point"))),
        ...listed("muteTimes", fileTimings(of("mute-timing"))),
        ...listed("templates", fileTemplates(of("template"))),
        ...listed("policies", filePolicies(of("policy"))),
        ...listed("groups", fileGroups(of("rule"), pathOf)),
        ...fileRemovals(manifest),
      },
      HEAD,
    ),
    ...(Object.keys(records).length > 0
      ? [
          alerting(
            "sightline-records",
            records,
            `${HEAD}\n Recording rules: they need Grafana 12.1 and [recording_rules] enabled. An older one does not start\n with this file; leave it out there, and load the rules into Prometheus.`,
          ),
        ]
      : []),
    ...fileDashboards(of("dashboard"), pathOf),
    { path: FILES_MANIFEST_PATH, text: `${JSON.stringify(manifest, undefined, 2)}\n` },
  ];
}

function alerting(
  name: string,
  content: { readonly [key: string]: Json },
  comment: string,
): Artefact {
  return {
    path: `grafana/alerting/${name}.yaml`,
    text: toGrafanaYaml({ apiVersion: 1, ...content }, comment),
  };
}
