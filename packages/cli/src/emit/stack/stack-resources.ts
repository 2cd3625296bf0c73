import type { Model } from "../../compile/model.ts";
import type { Resource } from "../../plan/resource.ts";
import { alertmanagerResources } from "./alertmanager-resources.ts";
import { probeResources } from "./probe-targets.ts";
import { ruleResources } from "./rule-resources.ts";

/**
 * What Prometheus, Loki's ruler and Alertmanager are to hold, one object each, in the shape of their
 * files. A secret is the path of the file that it will be in.
 */
export function stackResources(model: Model): readonly Resource[] {
  return [...alertmanagerResources(model), ...ruleResources(model), ...probeResources(model)];
}
