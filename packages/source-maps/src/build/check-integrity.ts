import { type BuildFault, buildFault } from "./build-faults.ts";
import { type Edit, integrityOf } from "./hashes.ts";

const TAG = /<(?:script|link)\b[^>]*>/gi;

/** Files whose `integrity` in a page is of other bytes: a browser refuses them already. */
export function findWrongIntegrity(
  page: string,
  html: string,
  edits: ReadonlyMap<string, Edit>,
): BuildFault[] {
  const faults: BuildFault[] = [];
  for (const [tag] of html.matchAll(TAG)) {
    const integrity = attribute(tag, "integrity");
    const url = attribute(tag, "src") ?? attribute(tag, "href");
    const hash = integrity && /\bsha(256|384|512)-[A-Za-z0-9+/=]+/.exec(integrity);
    const path = url && findFile(url, edits);
    if (!hash || !path) continue;
    const expected = integrityOf(edits.get(path)?.before ?? "", hash[1] ?? "");
    if (integrity.includes(expected)) continue;
    faults.push(
      buildFault(
        "wrong_integrity",
        page,
        `it expects ${hash[0]} of ${path}, which has ${expected}`,
      ),
    );
  }
  return faults;
}

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(tag);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}

/** By the longest end of the address that is a file of the build: pages may lie below any path. */
function findFile(url: string, edits: ReadonlyMap<string, Edit>): string | undefined {
  const segments = url
    .replace(/^(?:[a-z]+:)?\/\/[^/]*/i, "")
    .replace(/[?#].*$/, "")
    .split("/")
    .filter((segment) => segment !== "" && segment !== "." && segment !== "..");
  for (let from = 0; from < segments.length; from += 1) {
    const path = segments.slice(from).join("/");
    if (edits.has(path)) return path;
  }
  return undefined;
}
