import type { SecretFile } from "../../emit/contacts/receivers.ts";
import type { Json, Resource } from "../../plan/resource.ts";

/** What one stack is to hold, with what it takes to get it there. */
export interface WantedStack {
  readonly resources: readonly Resource[];
  /** Files that they are written to, in the layout of provisioning/. */
  readonly files: readonly string[];
  readonly secrets: readonly SecretFile[];
}

export const OVERLAY_ID = "applied-files";

/** Which files outlive the next `up`, and who has not read them yet: a thing of its own, so that a plan shows it. */
export function overlayResource(kept: readonly string[], behind: readonly string[]): Resource {
  const body: Record<string, Json> = {
    kept: Object.fromEntries([...kept].sort().map((path) => [path, true])),
  };
  if (behind.length > 0) body["not_loaded_by"] = [...behind].sort();
  return { kind: "setting", id: OVERLAY_ID, title: "applied files", body, owner: "ours" };
}
