import type { Provenance } from "./state.ts";

/**
 * Who may write what somebody wrote. pkg/services/ngalert/provisioning/validation/provenance.go and
 * canUpdateProvenanceInRuleGroup: nobody's becomes anybody's, one's own stays one's own; in a rule
 * group what the API wrote may become nobody's. What a file wrote, only the file writes.
 */
export function canUse(
  stored: Provenance,
  given: Provenance,
  how: "single" | "group" = "single",
): boolean {
  if (stored === given || stored === "") return true;
  return how === "group" && given === "" && (stored === "api" || stored === "converted_prometheus");
}
