import { emptyManifest, type Manifest, manifestName, parseManifest } from "./manifest.ts";
import type { Snapshot } from "./snapshot.ts";

export function findManifest(
  { templates }: Snapshot,
  project: string,
): { readonly manifest: Manifest; readonly warnings: readonly string[] } {
  const name = manifestName(project);
  const template = templates.find((found) => found["name"] === name);
  if (template === undefined) return { manifest: emptyManifest(), warnings: [] };
  const manifest = parseManifest(String(template["template"] ?? ""));
  if (manifest) return { manifest, warnings: [] };
  const warning = `the message template "${name}", in which is kept what is ours, was changed by hand; --adopt takes templates, timings and contact points over again`;
  return { manifest: emptyManifest(), warnings: [warning] };
}

export function otherManifests({ templates }: Snapshot, project: string): readonly Manifest[] {
  return templates
    .filter(({ name }) => name !== manifestName(project))
    .map(({ template }) => parseManifest(String(template)))
    .filter((manifest) => manifest !== undefined);
}
