import { createHash } from "node:crypto";

/** A file that changes, before and after. */
export interface Edit {
  readonly before: string;
  readonly after: string;
}

/** `sha384-…` of an `integrity` attribute, an import map or a bundler's run time. */
const INTEGRITY = /\bsha(256|384|512)-[A-Za-z0-9+/]{43,86}={0,2}/g;
/** What Angular's service worker keeps in ngsw.json. */
const SHA1 = /\b[0-9a-f]{40}\b/g;
const ALGORITHMS = ["256", "384", "512"] as const;

/**
 * Puts new hashes where files hold those of files that changed. Where A holds the hash of B and B that
 * of C, from the end: C, B, A. Texts keep their length, so that maps stay right.
 *
 * @param edits by path
 * @param texts what other files hold, by path: candidates
 * @returns every file that changes, by path
 */
export function replaceHashes(
  edits: ReadonlyMap<string, Edit>,
  texts: ReadonlyMap<string, string>,
): Map<string, string> {
  const before = new Map([
    ...texts,
    ...[...edits].map(([path, edit]) => [path, edit.before] as const),
  ]);
  const owners = new Map<string, string>();
  for (const [path, text] of before) for (const hash of hashesOf(text)) owners.set(hash, path);
  const done = new Map<string, string>();
  const open = new Set<string>();

  function finish(path: string): string {
    const ready = done.get(path);
    if (ready !== undefined) return ready;
    const text = edits.get(path)?.after ?? before.get(path) ?? "";
    // A file in a circle of hashes cannot exist.
    if (open.has(path)) return text;
    open.add(path);
    const renew = (hash: string): string => {
      const owner = owners.get(hash);
      if (owner === undefined || owner === path) return hash;
      const after = finish(owner);
      return after === before.get(owner) ? hash : sameKindOf(hash, after);
    };
    const next = text
      .replace(INTEGRITY, renew)
      .replace(SHA1, (hash) => (path.endsWith("ngsw.json") ? renew(hash) : hash));
    open.delete(path);
    done.set(path, next);
    return next;
  }

  const changed = new Map<string, string>();
  for (const [path, text] of before) {
    const after = finish(path);
    if (after !== text) changed.set(path, after);
  }
  return changed;
}

/** Whether hashes are worth computing. */
export function holdsHashes(path: string, text: string): boolean {
  INTEGRITY.lastIndex = 0;
  return INTEGRITY.test(text) || path.endsWith("ngsw.json");
}

function hashesOf(text: string): string[] {
  return [...ALGORITHMS.map((bits) => integrityOf(text, bits)), sha1Of(text)];
}

export function integrityOf(text: string, bits: string): string {
  return `sha${bits}-${createHash(`sha${bits}`).update(text).digest("base64")}`;
}

function sha1Of(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

function sameKindOf(hash: string, text: string): string {
  const bits = /^sha(\d+)-/.exec(hash)?.[1];
  return bits === undefined ? sha1Of(text) : integrityOf(text, bits);
}
