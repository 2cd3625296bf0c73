import { SERVER_LABEL } from "@sightline/core";
import type { Resource } from "../../plan/resource.ts";
import type { RulesRead } from "./read-rules.ts";

interface TargetGroup {
  readonly labels: Readonly<Record<string, string>>;
}

/** The file of probes as objects. The address of the exporter is not looked at: `up` writes its own. */
export function readProbes(text: string, wanted: readonly Resource[]): RulesRead {
  try {
    const resources = (JSON.parse(text) as readonly TargetGroup[]).map(({ labels }): Resource => {
      const name = String(labels[SERVER_LABEL.probe]);
      const known = wanted.find(({ kind, title }) => kind === "probe" && title === name);
      const module = String(labels["__param_module"]);
      const body = { name, module, target: String(labels["__param_target"]) };
      return { kind: "probe", id: known?.id ?? name, title: name, body, owner: "ours" };
    });
    return { status: "ok", resources };
  } catch (error) {
    return { status: "invalid", reason: (error as Error).message };
  }
}
