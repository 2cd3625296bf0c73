import { createHash } from "node:crypto";
import type { Artefact } from "../emit/artefact.ts";

/** What the build before wrote, by path: SHA-256 of each text. It stands in the output folder. */
export const BUILD_MANIFEST = ".sightline-build.json";

export type BuildManifest = ReadonlyMap<string, string>;

export type FileChange =
  | { readonly kind: "create" | "update"; readonly path: string; readonly text: string }
  /** Ours, as we wrote it, and no longer wanted. */
  | { readonly kind: "remove"; readonly path: string };

export interface BuildPlan {
  readonly changes: readonly FileChange[];
  readonly unchanged: number;
  /** At our paths, and not written by us: people's, or another tool's. */
  readonly foreign: readonly string[];
  /** Ours, no longer wanted, but changed by hand since: they stay. */
  readonly kept: readonly string[];
  /** Text of the manifest that belongs to what is wanted. */
  readonly manifest: string;
  /** The same with what was there before: true at every moment of the writing. */
  readonly manifestMeanwhile: string;
}

/** What a build would change. Pure: `readFile` gives what is there. */
export function planBuild(
  wanted: readonly Artefact[],
  last: BuildManifest,
  readFile: (path: string) => string | undefined,
): BuildPlan {
  const changes: FileChange[] = [];
  const foreign: string[] = [];
  const kept: string[] = [];
  for (const { path, text } of wanted) {
    const there = readFile(path);
    if (there === undefined) changes.push({ kind: "create", path, text });
    else if (there !== text) {
      changes.push({ kind: "update", path, text });
      if (!last.has(path)) foreign.push(path);
    }
  }
  const digests = new Map(wanted.map(({ path, text }) => [path, digestOf(text)]));
  for (const [path, digest] of last) {
    if (digests.has(path)) continue;
    const there = readFile(path);
    if (there === undefined) continue;
    if (digestOf(there) === digest) changes.push({ kind: "remove", path });
    else kept.push(path);
  }
  const isWrite = ({ kind }: FileChange) => kind !== "remove";
  return {
    changes,
    unchanged: wanted.length - changes.filter(isWrite).length,
    foreign,
    kept,
    manifest: renderManifest(digests),
    manifestMeanwhile: renderManifest(new Map([...digests, ...last])),
  };
}

function renderManifest(manifest: BuildManifest): string {
  const files = [...manifest].sort(([left], [right]) => (left < right ? -1 : 1));
  const note = "Written by sightline build, so that the next one knows which files are its own.";
  return `${JSON.stringify({ note, files: Object.fromEntries(files) }, null, 2)}\n`;
}

/** What is no manifest is as good as none: then nothing is removed, and nothing is overwritten. */
export function parseManifest(text: string | undefined): BuildManifest {
  const parsed = text === undefined ? undefined : parseJson(text);
  const files = isMapping(parsed) ? parsed["files"] : undefined;
  if (!isMapping(files)) return new Map();
  return new Map(
    Object.entries(files).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && isBelow(entry[0]),
    ),
  );
}

/** A manifest is a file in the user's folder; it must not lead out of it. */
function isBelow(path: string): boolean {
  return !path.startsWith("/") && !path.includes("\\") && !path.split("/").includes("..");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
