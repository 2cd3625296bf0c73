import { join } from "node:path";
import type { Model } from "../compile/model.ts";
import type { Artefact } from "../emit/artefact.ts";
import { emitConfig } from "../emit/config/emit-config.ts";
import { emitGrafanaFiles } from "../emit/grafana/emit-grafana-files.ts";
import {
  FILES_MANIFEST_PATH,
  type FilesManifest,
  parseFilesManifest,
} from "../emit/grafana/files-manifest.ts";
import { emitStack } from "../emit/stack/emit-stack.ts";
import type { SpecDocument } from "../spec/read-spec.ts";
import { readIfThere } from "./write-build.ts";

/** Every file of one target. `folder` is where the build before may have left what it removes now. */
export function artefactsOf(
  { spec }: SpecDocument,
  model: Model,
  folder: string,
): readonly Artefact[] {
  const environment = spec.targets.find(({ name }) => name === model.target.name)?.environment;
  const ofKind =
    model.target.kind === "grafana"
      ? emitGrafanaFiles(model, readFilesManifest(folder))
      : [...emitStack(model), ...ownDashboards(model)];
  return [...ofKind, ...emitConfig(spec, environment)];
}

/** For the folder that the stack's Grafana reads; Sightline's own are there already. */
function ownDashboards({ dashboards }: Model): readonly Artefact[] {
  return dashboards
    .filter(({ origin }) => origin === "user")
    .map(({ uid, json }) => ({
      path: `dashboards/${uid.replaceAll(/[^\w-]/g, "-")}.json`,
      text: `${JSON.stringify(json, null, 2)}\n`,
    }));
}

function readFilesManifest(folder: string): FilesManifest | undefined {
  const text = readIfThere(join(folder, FILES_MANIFEST_PATH));
  return text === undefined ? undefined : parseFilesManifest(text);
}
