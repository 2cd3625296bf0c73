import type { Model } from "../compile/model.ts";
import type { Context } from "../context.ts";
import type { Target } from "../plan/target.ts";

/** Where a model is applied. Each kind is loaded when it is used. */
export async function createTarget(context: Context, model: Model): Promise<Target> {
  if (model.target.kind === "grafana") {
    const { createGrafanaTarget } = await import("./grafana/grafana-target.ts");
    return createGrafanaTarget(context, model);
  }
  const { createStackTarget } = await import("./stack/stack-target.ts");
  return createStackTarget(context, model);
}
