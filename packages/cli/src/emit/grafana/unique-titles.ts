import type { Resource } from "../../plan/resource.ts";

/**
 * Rules of which no two in a folder have one title, which Grafana before 12.0 refuses. The first keeps
 * its title, which is the user's: rules of the default pack come after.
 */
export function uniqueTitles(resources: readonly Resource[]): {
  readonly resources: readonly Resource[];
  /** Titles of those that were renamed. */
  readonly renamed: readonly string[];
} {
  const taken = new Set<string>();
  const renamed: string[] = [];
  const unique = resources.map((resource) => {
    if (resource.kind !== "rule") return resource;
    const key = JSON.stringify([resource.body["folderUID"], resource.body["title"]]);
    if (!taken.has(key)) {
      taken.add(key);
      return resource;
    }
    const title = `${resource.title} (${resource.id})`;
    renamed.push(title);
    return { ...resource, title, body: { ...resource.body, title } };
  });
  return { resources: unique, renamed };
}
