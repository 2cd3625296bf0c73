import { compileSpec } from "../../compile/compile-spec.ts";
import type { Model } from "../../compile/model.ts";
import type { GeneratedFile } from "../../dashboard/generated.ts";
import { readSpec } from "../../spec/read-spec.ts";
import { LOCAL_TARGET } from "../../spec/select-target.ts";
import { emitStack } from "./emit-stack.ts";

/** What a stack means of which nobody has written anything: the default alerts, told to nobody. */
export function defaultModel(): Model {
  const read = readSpec("sightline.yaml", "{}\n");
  if (read.status === "invalid") throw new Error("an empty specification has faults");
  const { model, faults } = compileSpec({
    document: read.document,
    project: "sightline",
    target: { kind: "stack", name: LOCAL_TARGET, data: undefined },
    urls: { grafana: undefined, alertmanager: undefined, runbooks: undefined },
    dashboards: [],
  });
  if (faults.length > 0) throw new Error(`the default alerts have faults: ${faults[0]?.message}`);
  return model;
}

/** The committed files of provisioning/ that `up` starts with, before any `apply`. */
export function generateProvisioning(): GeneratedFile[] {
  return emitStack(defaultModel()).map(({ path, text }) => ({
    path: `provisioning/${path}`,
    text,
  }));
}
