import type { Model } from "../../compile/model.ts";
import type { Resource } from "../../plan/resource.ts";
import type { Artefact } from "../artefact.ts";

/** What a Grafana is to hold, in the shape of its HTTP API, secrets as references. */
export function emitGrafana(_model: Model): readonly Resource[] {
  return [];
}

/** The same as files for its provisioning: `grafana/alerting/*.yaml`, with `$` doubled where Grafana reads it. */
export function emitGrafanaFiles(_model: Model): readonly Artefact[] {
  return [];
}
