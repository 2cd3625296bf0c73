import type { Resource, ResourceKind } from "./resource.ts";

/** Property of the object → key of the specification. The first that matches is taken. */
const KEYS: { readonly [kind in ResourceKind]?: readonly (readonly [RegExp, string])[] } = {
  rule: [
    [/^(for|keep_firing_for|uid)$/, "$1"],
    [/^title$/, "name"],
    [/^isPaused$/, "enabled"],
    [/^(interval|every)$/, "every"],
    [/^(folder|folderUID)$/, "folder"],
    [/^(?:data\.[^.]+\.model\.)?(?:expr)$/, "query"],
    [/^data\.[^.]+\.model\.(?:conditions.*\.evaluator|expression).*$/, "when"],
    [/^labels\.severity$/, "severity"],
    [/^labels\.tell$/, "tell"],
    [/^annotations\.summary$/, "summary"],
    [/^annotations\.description$/, "message"],
    [/^annotations\.runbook_url$/, "runbook"],
    [/^((?:labels|annotations).*)$/, "$1"],
    [/^notification_settings\..*$/, "tell"],
  ],
  "contact-point": [
    [/^settings\.addresses$/, "email"],
    [/^(?:.*\.)?settings\.(.*)$/, "$1"],
    [/^(?:.*\.)?(?:disableResolveMessage|sendResolved)$/, "send_resolved"],
  ],
  template: [[/^template$/, "text"]],
  "mute-timing": [[/^time_intervals(.*)$/, "intervals$1"]],
};

/**
 * Where a property is said: `alerts["Slow answers"].when`. Without a place in the specification
 * (dashboards of ours, the pack) it stays the object's own path.
 */
export function specPath(resource: Resource, path: string): string {
  const base = resource.place?.path;
  if (!base) return path;
  for (const [pattern, key] of KEYS[resource.kind] ?? []) {
    if (pattern.test(path)) return `${base}.${path.replace(pattern, key)}`;
  }
  return path === "" ? base : `${base} › ${path}`;
}
