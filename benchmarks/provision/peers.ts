import { DASHBOARDS, RULES } from "./project.ts";

/** What one tool sends for the same objects. */
export interface PeerRequests {
  readonly name: string;
  readonly plan: number | undefined;
  readonly unchanged: { readonly requests: number; readonly writes: number };
  readonly oneRule: { readonly requests: number; readonly writes: number };
}

/** Rules of one group, as people write them by hand for Terraform. */
export const RULES_A_GROUP = 10;
const GROUPS = RULES / RULES_A_GROUP;
const FOLDERS = 1;

/**
 * Counted from its source at 3f9621f (v4.45.1), one call after the other as it makes them:
 * ReadDashboard reads each dashboard (internal/resources/grafana/resource_dashboard.go);
 * readAlertRuleGroup reads the group and then each of its rules, for the provenance;
 * putAlertRuleGroup lists all rules, puts the group, and reads it back (resource_alerting_rule_group.go).
 */
export function terraformRequests(): PeerRequests {
  const readGroup = 1 + RULES_A_GROUP;
  const refresh = FOLDERS + DASHBOARDS + GROUPS * readGroup;
  return {
    name: "Terraform's provider 4.45",
    plan: refresh,
    unchanged: { requests: refresh, writes: 0 },
    oneRule: { requests: refresh + 1 + 1 + readGroup, writes: 1 },
  };
}

/**
 * Counted from its source at d7c3d5c6 (v1.1.0): upsertResource gets each resource and then updates it,
 * whether it differs or not (internal/resources/remote/pusher.go). It has no plan.
 */
export function gcxRequests(): PeerRequests {
  const resources = FOLDERS + DASHBOARDS + RULES;
  const push = { requests: 2 * resources, writes: resources };
  return { name: "gcx 1.1 resources push", plan: undefined, unchanged: push, oneRule: push };
}

/** gcx limits itself to this many requests a second after the first hundred (internal/config/rest.go). */
export const GCX_REQUESTS_PER_SECOND = 50;
export const GCX_BURST = 100;
