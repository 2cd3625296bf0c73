import { createHash } from "node:crypto";
import type { AlertRule, Model, ModelTarget } from "../../compile/model.ts";
import type { Resource } from "../../plan/resource.ts";

export type GrafanaTarget = Extract<ModelTarget, { kind: "grafana" }>;

/** Grafana's limit of a uid. */
const MAX_UID_CHARS = 40;
const HASH_CHARS = 8;

/**
 * Titles of a folder's path, outermost first. `A/B` are two folders, `A\/B` is one with a slash in
 * its title: as Grafana reads it in alerting files since 11.0 (PR #77450).
 */
export function folderTitles(path: string): readonly string[] {
  return path
    .split(/(?<!\\)\//)
    .map((title) => title.replaceAll("\\/", "/").trim())
    .filter((title) => title !== "");
}

/** The path again, as files name a folder: slashes in a title are escaped. */
export function folderPath(titles: readonly string[]): string {
  return titles.map((title) => title.replaceAll("/", "\\/")).join("/");
}

/** Stable while the path stays: `sightline`, `ops-payments`; with a digest where letters were lost. */
export function folderUid(titles: readonly string[]): string {
  const path = folderPath(titles);
  const slug = path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  // `general` is Grafana's own and refused.
  const isPlain =
    /^[a-z0-9 ]+$/i.test(path) && !/\s\s|^\s|\s$/.test(path) && slug.length <= MAX_UID_CHARS;
  if (isPlain && slug !== "general") return slug;
  const digest = createHash("sha256").update(path).digest("hex").slice(0, HASH_CHARS);
  const head = slug.slice(0, MAX_UID_CHARS - HASH_CHARS - 1).replace(/-+$/, "");
  return head === "" ? digest : `${head}-${digest}`;
}

export function folderOf(rule: Pick<AlertRule, "folder">, target: GrafanaTarget): string[] {
  return [...folderTitles(rule.folder ?? target.folder)];
}

/** Every folder that something lies in, parents before children, each once. */
export function emitFolders(model: Model, target: GrafanaTarget): readonly Resource[] {
  const folders = new Map<string, Resource>();
  const paths = [
    ...(model.dashboards.some(({ asIs }) => asIs === undefined) || model.records.length > 0
      ? [[...folderTitles(target.folder)]]
      : []),
    ...model.rules.map((rule) => folderOf(rule, target)),
  ];
  for (const path of paths) {
    for (let depth = 1; depth <= path.length; depth += 1) {
      const titles = path.slice(0, depth);
      const uid = folderUid(titles);
      if (folders.has(uid)) continue;
      const title = titles.at(-1) ?? "";
      const parent = depth > 1 ? { parentUid: folderUid(titles.slice(0, -1)) } : {};
      folders.set(uid, {
        kind: "folder",
        id: uid,
        title,
        body: { title, ...parent },
        owner: "ours",
      });
    }
  }
  return [...folders.values()];
}
