import type { Model } from "../../compile/model.ts";
import type { Resource } from "../../plan/resource.ts";

/** Templates, mute timings, contact points and the policy: what the one Alertmanager blob holds. */
export function emitNotifications(_model: Model): readonly Resource[] {
  return [];
}
