import { PORT, SERVER_LABEL } from "@sightline/core";
import type { Model } from "../../compile/model.ts";
import type { Resource } from "../../plan/resource.ts";
import type { Artefact } from "../artefact.ts";

/** Read by the job `probes` of provisioning/prometheus/prometheus.yml. */
export const PROBE_FILE = "prometheus/targets/probes.sightline.json";

/** The exporter as docker-compose.yml calls it; `up` writes its own address for the embedded one. */
const EXPORTER = `blackbox:${PORT.blackbox}`;

export function probeResources({ probes }: Model): readonly Resource[] {
  return probes.map(({ id, name, module, target, place }) => ({
    kind: "probe",
    id,
    title: name,
    body: { name, module, target },
    owner: "ours",
    place,
  }));
}

export function probeFiles(resources: readonly Resource[]): readonly Artefact[] {
  const groups = resources
    .filter(({ kind }) => kind === "probe")
    .map(({ body: { name, module, target } }) => ({
      targets: [EXPORTER],
      labels: {
        __param_module: module,
        __param_target: target,
        [SERVER_LABEL.instance]: target,
        [SERVER_LABEL.probe]: name,
      },
    }));
  return [{ path: PROBE_FILE, text: `${JSON.stringify(groups, null, 2)}\n` }];
}
