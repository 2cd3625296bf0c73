import { z } from "zod";
import type { Resource, ResourceKind } from "../../plan/resource.ts";

/** Kinds that Grafana never removes by itself when their file no longer names them. */
const REMEMBERED = ["rule", "contact-point", "mute-timing", "template"] as const;
type RememberedKind = (typeof REMEMBERED)[number];

/**
 * What the files of the last build held, and what they told Grafana to remove. It lies beside them:
 * the next build reads it, so that what is no longer wanted is removed and not forgotten.
 */
export type FilesManifest = Readonly<
  Record<RememberedKind, { readonly held: readonly string[]; readonly removed: readonly string[] }>
>;

export const FILES_MANIFEST_PATH = "grafana/sightline-files.json";

const entrySchema = z.object({
  held: z.array(z.string()).default([]),
  removed: z.array(z.string()).default([]),
});
const schema = z.object({
  rule: entrySchema,
  "contact-point": entrySchema,
  "mute-timing": entrySchema,
  template: entrySchema,
});

/** Undefined where it is none. */
export function parseFilesManifest(text: string): FilesManifest | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** A removal is told for ever, until the name is wanted again: a Grafana may miss any one build. */
export function nextFilesManifest(
  resources: readonly Resource[],
  last: FilesManifest | undefined,
): FilesManifest {
  const entries = REMEMBERED.map((kind) => {
    const held = idsOf(resources, kind);
    const before = last?.[kind] ?? { held: [], removed: [] };
    const removed = [...new Set([...before.held, ...before.removed])]
      .filter((id) => !held.includes(id))
      .sort();
    return [kind, { held, removed }] as const;
  });
  return Object.fromEntries(entries) as unknown as FilesManifest;
}

function idsOf(resources: readonly Resource[], kind: RememberedKind): readonly string[] {
  const kinds: readonly ResourceKind[] = kind === "rule" ? ["rule", "record"] : [kind];
  return resources
    .filter((resource) => kinds.includes(resource.kind))
    .map(({ id }) => id)
    .sort();
}
