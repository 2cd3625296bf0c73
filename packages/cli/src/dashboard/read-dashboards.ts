import { globSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import type { DashboardFile } from "../compile/model.ts";
import type { Fault, Place } from "../fault.ts";
import type { SpecDocument } from "../spec/read-spec.ts";
import { generateDashboards } from "./generated.ts";

type Json = Readonly<Record<string, unknown>>;

export interface ReadDashboards {
  readonly dashboards: readonly DashboardFile[];
  readonly faults: readonly Fault[];
}

/** Ours, and the files that the specification names, relative to its folder. */
export function readDashboards(document: SpecDocument, folder: string): ReadDashboards {
  const ours = document.spec.default_dashboards ? generateDashboards() : [];
  const dashboards: DashboardFile[] = ours.map(({ text }) => {
    const json = JSON.parse(text) as Json;
    return {
      uid: String(json["uid"]),
      title: String(json["title"]),
      json,
      origin: "sightline",
      place: undefined,
    };
  });
  const faults: Fault[] = [];
  const files = new Set<string>();
  for (const { pattern, place, asIs } of namedFiles(document)) {
    const found = findFiles(pattern, folder);
    if (found.length === 0) faults.push(noFile(pattern, folder, place));
    for (const path of found) {
      // Two patterns may fit one file.
      if (files.has(path)) continue;
      files.add(path);
      const read = readDashboard(path, folder, place);
      const other = dashboards.find(({ uid }) => "uid" in read && uid === read.uid);
      if ("check" in read) faults.push(read);
      else if (other) faults.push(sameUid(read, other, path, place));
      else dashboards.push(asIs ? { ...read, asIs } : read);
    }
  }
  return { dashboards, faults };
}

interface NamedFile {
  readonly pattern: string;
  readonly place: Place;
  readonly asIs?: DashboardFile["asIs"];
}

function namedFiles({ spec, placeOf }: SpecDocument): readonly NamedFile[] {
  return [
    ...spec.dashboards.map((pattern, index) => ({
      pattern,
      place: placeOf(["dashboards", index]),
    })),
    ...(spec.grafana?.dashboards ?? []).map(({ file, folderUid }, index) => ({
      pattern: file,
      place: placeOf(["grafana", "dashboards", index]),
      asIs: { folderUid },
    })),
  ];
}

/** Sorted, with `/`, relative to the folder. */
function findFiles(pattern: string, folder: string): readonly string[] {
  if (/[*?[\]{}]/.test(pattern)) {
    return globSync(pattern, { cwd: folder })
      .filter((path) => path.endsWith(".json"))
      .map((path) => path.split(sep).join("/"))
      .sort();
  }
  return [pattern];
}

function readDashboard(path: string, folder: string, place: Place): DashboardFile | Fault {
  const text = readText(join(folder, path));
  if (text === undefined) return noFile(path, folder, place);
  const parsed = parseJson(text);
  if (parsed.status === "invalid") {
    return fault(place, `"${path}" is no JSON: ${parsed.message}`, "export it from Grafana anew");
  }
  // The HTTP API answers {dashboard, meta}; people save that as it is.
  const outer = parsed.value;
  const json = isJson(outer) && isJson(outer["dashboard"]) ? outer["dashboard"] : outer;
  if (!isJson(json) || typeof json["title"] !== "string" || json["title"] === "") {
    const found = isJson(json) && "spec" in json ? "it has apiVersion and spec" : "it has no title";
    return fault(
      place,
      `"${path}" is no dashboard in the classic format: ${found}`,
      "in Grafana: Export, Export as code, Model: Classic",
    );
  }
  if (Array.isArray(json["__inputs"]) && json["__inputs"].length > 0) {
    return fault(
      place,
      `"${path}" was exported for sharing: its data sources are left open (__inputs)`,
      'export it without "Export for sharing externally"',
    );
  }
  // The id is that of one database; another Grafana has another dashboard under it.
  const { id: _, version: __, ...rest } = json;
  const uid = typeof json["uid"] === "string" && json["uid"] ? json["uid"] : uidOf(path);
  return { uid, title: json["title"], json: { ...rest, uid }, origin: "user", place };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw error;
  }
}

function parseJson(
  text: string,
): { status: "ok"; value: unknown } | { status: "invalid"; message: string } {
  try {
    return { status: "ok", value: JSON.parse(text) };
  } catch (error) {
    return { status: "invalid", message: (error as Error).message };
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Stable while the file's name stays; at most 40 characters, as Grafana has it. */
function uidOf(path: string): string {
  return basename(path, ".json")
    .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
    .slice(0, 40);
}

function noFile(pattern: string, folder: string, place: Place): Fault {
  return fault(
    place,
    `no dashboard file "${pattern}" in ${relative(process.cwd(), folder) || "this folder"}`,
    "paths are relative to the folder of the specification, and end in .json",
  );
}

function sameUid(read: DashboardFile, other: DashboardFile, path: string, place: Place): Fault {
  const whose = other.origin === "sightline" ? `Sightline's "${other.title}"` : `"${other.title}"`;
  return fault(
    place,
    `"${path}" has the uid "${read.uid}", and so has ${whose}`,
    'give it another "uid" in the file',
  );
}

function fault(place: Place, message: string, advice: string): Fault {
  return { check: "dashboard-file", severity: "error", message, advice, place };
}
