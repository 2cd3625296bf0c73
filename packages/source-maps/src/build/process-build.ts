import { join } from "node:path";
import { mapBytes, pruneMaps, storeMap, touchMap } from "../store/map-store.ts";
import { type BuildReport, type BuiltFile, hasErrors } from "./build-report.ts";
import { type BuildInput, type BuildPlan, planBuild } from "./plan-build.ts";
import type { BuildPlace, ScriptPlan } from "./plan-script.ts";
import { compressLike, deleteFile, writeOver } from "./write-files.ts";

/**
 * Gives each built script a debug id, stores its source map with the gateway's and takes it out of the
 * build, together with the comments that name it; maps of style sheets go, too. Hashes of changed
 * files (`integrity`, Angular's ngsw.json) and compressed copies are made anew. Done twice, the second
 * run changes nothing; ended half-way, the next run does the rest.
 *
 * Faults are in the report, all of them; where one is an error, nothing was written.
 *
 * @throws where a file cannot be read or written
 */
export async function processBuild(input: BuildInput): Promise<BuildReport> {
  const plan = planBuild(input);
  return hasErrors(plan.report) ? plan.report : carryOut(input, plan);
}

function carryOut({ retention = {} }: BuildInput, plan: BuildPlan): BuildReport {
  const { place, scripts, writes, compressed, deletes, report } = plan;
  const { folder, mapsFolder, service } = place;
  const nowMillis = Date.now();
  // First the maps, then the code that names them, last the originals: ended at any point, the next
  // run finds what it needs.
  for (const { debugId, map } of scripts) {
    if (map !== undefined) storeMap(mapsFolder, service, debugId, map);
    else touchMap(mapsFolder, service, debugId, nowMillis);
  }
  for (const [path, text] of writes) writeOver(join(folder, path), text);
  for (const path of compressed) {
    const text = writes.get(path.replace(/\.[a-z]+$/i, "")) ?? "";
    writeOver(join(folder, path), compressLike(path, text));
  }
  for (const path of deletes) deleteFile(join(folder, path));
  const kept = new Set(scripts.map(({ debugId }) => debugId));
  return {
    ...report,
    files: scripts.map((script) => toBuiltFile(place, script)),
    removed: deletes.toSorted(),
    pruned: pruneMaps(mapsFolder, service, kept, retention, nowMillis),
  };
}

function toBuiltFile({ mapsFolder, service }: BuildPlace, script: ScriptPlan): BuiltFile {
  const { path, debugId, map, functions } = script;
  return {
    path,
    debugId,
    status: map === undefined ? "unchanged" : "stored",
    mapBytes: mapBytes(mapsFolder, service, debugId),
    functions,
  };
}
