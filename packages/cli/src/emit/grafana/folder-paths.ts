import type { Resource } from "../../plan/resource.ts";
import { folderPath } from "./folders.ts";

/** Path of titles of each folder, by its uid: how files name it. */
export function folderPaths(folders: readonly Resource[]): ReadonlyMap<string, string> {
  const byUid = new Map(folders.map((folder) => [folder.id, folder]));
  const titlesOf = (uid: string, depth: number): readonly string[] => {
    const folder = byUid.get(uid);
    if (!folder || depth > byUid.size) return [];
    const parent = folder.body["parentUid"];
    return [...(typeof parent === "string" ? titlesOf(parent, depth + 1) : []), folder.title];
  };
  return new Map(folders.map(({ id }) => [id, folderPath(titlesOf(id, 0))]));
}
