import type { Model } from "../../compile/model.ts";
import type { Artefact } from "../artefact.ts";

/**
 * Prometheus rules, Loki rules, Alertmanager configuration and probe targets, in the layout of
 * provisioning/: `prometheus/rules/*.yaml`, `loki/rules/fake/*.yaml`, `alertmanager/alertmanager.yml`,
 * `prometheus/targets/probes.sightline.json`. Byte-stable.
 */
export function emitStack(_model: Model): readonly Artefact[] {
  return [];
}
