import type { Resource } from "../../plan/resource.ts";
import type { Artefact } from "../artefact.ts";
import { alertmanagerFiles } from "./alertmanager-files.ts";
import { probeFiles } from "./probe-targets.ts";
import { ruleFiles } from "./rule-files.ts";

/** The objects of a stack as the files of its servers. */
export function stackFiles(resources: readonly Resource[]): readonly Artefact[] {
  return [...ruleFiles(resources), ...alertmanagerFiles(resources), ...probeFiles(resources)].sort(
    (left, right) => (left.path < right.path ? -1 : 1),
  );
}
