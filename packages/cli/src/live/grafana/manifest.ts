import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { ResourceKind } from "../../plan/resource.ts";

/** Kinds that have no place for a mark of their own. */
export const RECORDED_KINDS = [
  "folder",
  "datasource",
  "template",
  "mute-timing",
  "contact-point",
  "record",
] as const satisfies readonly ResourceKind[];
export type RecordedKind = (typeof RECORDED_KINDS)[number];

/**
 * What is this project's among the objects that cannot be marked, and fingerprints of the secrets
 * that were sent. It is kept in Grafana itself, as a comment in a message template of its own that
 * nothing uses: one more object of the configuration that it speaks of, so no state file is needed.
 */
export interface Manifest {
  readonly owned: { readonly [kind in RecordedKind]: readonly string[] };
  /** Hexadecimal; makes equal secrets of two projects look different. */
  readonly salt: string;
  /** `<uid of the integration>:<setting>` → fingerprint. */
  readonly secrets: Readonly<Record<string, string>>;
}

const names = z.array(z.string()).default([]);
const manifestSchema = z.object({
  v: z.literal(1),
  owned: z.object({
    folder: names,
    datasource: names,
    template: names,
    "mute-timing": names,
    "contact-point": names,
    record: names,
  }),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  secrets: z.record(z.string(), z.string()).default({}),
});

export function manifestName(project: string): string {
  return `sightline-${project}`;
}

/** Whether a message template may be a manifest, by its name alone. */
export function isManifestName(name: string): boolean {
  return /^sightline-[a-z0-9][a-z0-9-]{0,30}$/.test(name);
}

export function emptyManifest(): Manifest {
  return {
    owned: {
      folder: [],
      datasource: [],
      template: [],
      "mute-timing": [],
      "contact-point": [],
      record: [],
    },
    salt: randomBytes(16).toString("hex"),
    secrets: {},
  };
}

/** Base64, because a name may hold what ends a Go template's comment. */
export function formatManifest(project: string, manifest: Manifest): string {
  const json = JSON.stringify({ v: 1, ...sortManifest(manifest) });
  const text = Buffer.from(json).toString("base64");
  return (
    `{{ define "${manifestName(project)}" }}` +
    `{{/* Kept by sightline: which objects are of project ${project}. Leave it as it is. ${text} */}}{{ end }}`
  );
}

/** Undefined where the text was changed by hand or is of a later version. */
export function parseManifest(text: string): Manifest | undefined {
  const encoded = /Leave it as it is\. ([A-Za-z0-9+/=]+) \*\/\}\}/.exec(text)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const parsed = manifestSchema.safeParse(
      JSON.parse(Buffer.from(encoded, "base64").toString("utf8")),
    );
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function isSameManifest(left: Manifest, right: Manifest): boolean {
  return JSON.stringify(sortManifest(left)) === JSON.stringify(sortManifest(right));
}

function sortManifest({ owned, salt, secrets }: Manifest): Manifest {
  const sortedOwned = Object.fromEntries(
    RECORDED_KINDS.map((kind) => [kind, [...new Set(owned[kind])].sort()]),
  ) as unknown as Manifest["owned"];
  const sortedSecrets = Object.fromEntries(
    Object.entries(secrets).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  return { owned: sortedOwned, salt, secrets: sortedSecrets };
}
