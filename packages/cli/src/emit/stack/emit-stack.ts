import type { Model } from "../../compile/model.ts";
import type { Artefact } from "../artefact.ts";
import { stackFiles } from "./stack-files.ts";
import { stackResources } from "./stack-resources.ts";

/**
 * Prometheus rules, Loki rules, Alertmanager configuration and probe targets, in the layout of
 * provisioning/: `prometheus/rules/*.yaml`, `loki/rules/fake/*.yaml`, `alertmanager/alertmanager.yml`,
 * `prometheus/targets/probes.sightline.json`. Byte-stable.
 */
export function emitStack(model: Model): readonly Artefact[] {
  return stackFiles(stackResources(model));
}
