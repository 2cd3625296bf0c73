import { readFileSync, realpathSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { isServiceName } from "../store/map-path.ts";
import { openServiceFolder, type Retention } from "../store/map-store.ts";
import { type BuildFault, buildFault } from "./build-faults.ts";
import { type BuildFiles, findBuildFiles } from "./build-files.ts";
import type { BuildReport } from "./build-report.ts";
import { findWrongIntegrity } from "./check-integrity.ts";
import { type Edit, holdsHashes, replaceHashes } from "./hashes.ts";
import { type BuildPlace, planScript, type ScriptPlan } from "./plan-script.ts";
import { readTrailingComments } from "./trailing-comments.ts";

export interface BuildInput {
  /** What is published: `dist`. */
  readonly folder: string;
  /** The maps go to `<mapsFolder>/<service>/<debugId>.map`. Not within `folder`. */
  readonly mapsFolder: string;
  /** `service.name` of the app, `[a-z0-9][a-z0-9._-]{0,62}`. */
  readonly service: string;
  /** `service.version` of the build; kept in the maps for people. */
  readonly release?: string;
  readonly retention?: Retention;
  /** Sources are named from here, where a map has absolute paths. Default: the working directory. */
  readonly projectFolder?: string;
  /** Files of the build, below its folder, where that holds others. Default: all that it holds. */
  readonly only?: readonly string[];
}

/** What is to be done with a build; nothing of it has happened yet, but the folder for the maps. */
export interface BuildPlan {
  readonly report: BuildReport;
  readonly place: BuildPlace;
  readonly scripts: readonly ScriptPlan[];
  /** New texts of files by path. */
  readonly writes: ReadonlyMap<string, string>;
  readonly compressed: readonly string[];
  readonly deletes: readonly string[];
}

export function planBuild(input: BuildInput): BuildPlan {
  const place: BuildPlace = {
    folder: resolve(input.folder),
    mapsFolder: resolve(input.mapsFolder),
    service: input.service,
    release: input.release,
    projectFolder: resolve(input.projectFolder ?? process.cwd()),
  };
  if (!isServiceName(place.service)) return emptyPlan(place, [badService(place)]);
  const files = findBuildFiles(place.folder, input.only);
  const refused = files === undefined ? [noFolder(place)] : checkPlace(place, files);
  if (files === undefined || refused.length > 0) return emptyPlan(place, refused);

  const faults: BuildFault[] = files.links.map((path) =>
    buildFault("link", path, "it is a symbolic link"),
  );
  const scripts: ScriptPlan[] = [];
  const edits = new Map<string, Edit>();
  const others = new Map<string, string>();
  for (const path of files.scripts) {
    const text = readUtf8(place, path);
    if (text === undefined) {
      faults.push(buildFault("not_utf8", path, "it is not UTF-8"));
      continue;
    }
    const plan = planScript(place, path, text);
    if (Array.isArray(plan)) faults.push(...plan);
    else {
      scripts.push(plan);
      faults.push(...plan.faults);
    }
    const after = Array.isArray(plan) ? undefined : plan.code;
    if (after === undefined) others.set(path, text);
    else edits.set(path, { before: text, after });
  }
  const styleMaps = planStyles(place, files, edits);
  const deletes = new Set([...scripts.flatMap(({ mapFile }) => mapFile ?? []), ...styleMaps]);
  faults.push(...findCommonFaults(place, files, scripts, faults, deletes));

  const pages = new Map(files.texts.map((path) => [path, readUtf8(place, path) ?? ""]));
  for (const [path, text] of pages) {
    if (/\.x?html?$/i.test(path)) faults.push(...findWrongIntegrity(path, text, edits));
  }
  const holders = new Map([...others, ...pages].filter(([path, text]) => holdsHashes(path, text)));
  const writes = replaceHashes(edits, holders);
  const compressed = files.compressed.filter((path) => writes.has(path.replace(/\.[a-z]+$/i, "")));
  return {
    place,
    scripts,
    writes,
    compressed,
    deletes: [...deletes],
    report: {
      ...emptyReport(place, faults),
      rewritten: [...[...writes.keys()].filter((path) => !edits.has(path)), ...compressed].sort(),
    },
  };
}

function readUtf8({ folder }: BuildPlace, path: string): string | undefined {
  const bytes = readFileSync(join(folder, path));
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

/** Maps of style sheets show sources, too; nothing needs them at run time. */
function planStyles(place: BuildPlace, files: BuildFiles, edits: Map<string, Edit>): string[] {
  for (const path of files.styles) {
    const text = readUtf8(place, path);
    if (text === undefined) continue;
    const { code, mapUrl } = readTrailingComments(text);
    if (mapUrl !== undefined) edits.set(path, { before: text, after: `${code}\n` });
  }
  return files.maps.filter((path) => /\.css\.map$/i.test(path));
}

function noFolder({ folder }: BuildPlace): BuildFault {
  return buildFault("no_folder", "", `${folder} is no folder`);
}

function badService({ service }: BuildPlace): BuildFault {
  return buildFault("bad_service", "", `${JSON.stringify(service)} is no name of an app`);
}

function checkPlace(place: BuildPlace, files: BuildFiles): BuildFault[] {
  const { folder, mapsFolder, service } = place;
  if (files.scripts.length === 0) return [buildFault("no_code", "", `${folder} has no .js file`)];
  if (isWithin(folder, mapsFolder)) {
    return [buildFault("maps_in_build", "", `${mapsFolder} is within ${folder}`)];
  }
  const problem = openServiceFolder(mapsFolder, service);
  if (problem !== undefined) return [buildFault("maps_folder", "", problem)];
  return isWithin(realpathSync(folder), realpathSync(mapsFolder))
    ? [buildFault("maps_in_build", "", `${mapsFolder} leads into ${folder}`)]
    : [];
}

function isWithin(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below === "" || (!below.startsWith("..") && !below.startsWith("/"));
}

function findCommonFaults(
  { folder }: BuildPlace,
  files: BuildFiles,
  scripts: readonly ScriptPlan[],
  known: readonly BuildFault[],
  deletes: ReadonlySet<string>,
): BuildFault[] {
  const faults: BuildFault[] = [];
  const hasError = known.some(({ severity }) => severity === "error");
  if (scripts.length === 0 && !hasError) {
    faults.push(buildFault("no_maps_at_all", "", `no file in ${folder} has a source map`));
  }
  for (const path of files.maps) {
    const owner = path.replace(/\.map$/i, "");
    // A file with a fault of its own has been told of.
    if (deletes.has(path) || known.some((fault) => fault.path === owner)) continue;
    faults.push(buildFault("orphan_map", path, "it belongs to no file of the build"));
  }
  for (const script of scripts) {
    const { path, debugId, map } = script;
    const twin = scripts.find((one) => one.debugId === debugId);
    if (twin === undefined || twin === script || twin.map === map) continue;
    faults.push(buildFault("same_id", path, `${twin.path} has the same debug id ${debugId}`));
  }
  return faults;
}

function emptyReport(place: BuildPlace, faults: readonly BuildFault[]): BuildReport {
  const { service, release, folder, mapsFolder } = place;
  return {
    service,
    ...(release !== undefined && { release }),
    folder,
    mapsFolder,
    files: [],
    removed: [],
    rewritten: [],
    pruned: { files: 0, bytes: 0 },
    faults,
  };
}

function emptyPlan(place: BuildPlace, faults: readonly BuildFault[]): BuildPlan {
  return {
    place,
    scripts: [],
    writes: new Map(),
    compressed: [],
    deletes: [],
    report: emptyReport(place, faults),
  };
}
