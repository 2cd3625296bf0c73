import { resolve } from "node:path";
import { closestName, EXIT } from "@sightline/core";
import {
  type BuildFault,
  type BuildReport,
  describeFaults,
  describeReport,
  hasErrors,
  processBuild,
} from "@sightline/source-maps";
import { readIfThere } from "../build/write-build.ts";
import type { Context } from "../context.ts";
import { readMapsFolder } from "../doctor/gateway-apps.ts";
import { Failure } from "../failure.ts";
import { readSpec } from "../spec/read-spec.ts";
import { SPEC_FILE } from "./load-model.ts";

export interface SourceMapsOptions {
  /** Folder of the app's build, `dist`. */
  readonly sourcemaps?: string;
  /** `service.name` of the app. */
  readonly app?: string;
  /** Where the maps go; where this machine's gateway looks for them without it. */
  readonly maps?: string;
  readonly release?: string;
  /** The specification, where it is another one than sightline.yaml: is the app in it? */
  readonly file?: string;
  readonly json?: boolean;
}

/** What stops the command because of how it was called, and not because of the build. */
const USAGE: ReadonlySet<string> = new Set(["no_folder", "bad_service", "maps_in_build"]);

/** `sightline build --sourcemaps`: debug ids into a build, its source maps to the gateway. */
export async function buildSourceMapsCommand(
  context: Context,
  { sourcemaps, app, maps, release, file = SPEC_FILE, json }: SourceMapsOptions,
): Promise<number> {
  if (!sourcemaps) {
    throw new Failure("--app, --maps and --release belong to --sourcemaps <folder>", {
      exitCode: EXIT.usage,
      advice: [`${context.self} build --sourcemaps dist --app <name>`],
    });
  }
  if (!app) {
    throw new Failure("--sourcemaps needs the name of the app", {
      exitCode: EXIT.usage,
      advice: [
        `${context.self} build --sourcemaps ${sourcemaps} --app <name>   <name> is that under apps in sightline.yaml`,
      ],
    });
  }
  tellUnknownApp(context, app, file);
  const report = await processBuild({
    folder: resolve(sourcemaps),
    mapsFolder: maps ? resolve(maps) : readMapsFolder(context),
    service: app,
    ...(release !== undefined && { release }),
  });
  if (json) context.io.out(`${JSON.stringify(report)}\n`);
  else print(context, report);
  if (!hasErrors(report)) return EXIT.ok;
  return report.faults.some(({ kind }) => USAGE.has(kind)) ? EXIT.usage : EXIT.problems;
}

/** A slip of the pen would store maps that no page's errors ever find. */
function tellUnknownApp({ io, paint }: Context, app: string, file: string): void {
  const text = readIfThere(file);
  const read = text === undefined ? undefined : readSpec(file, text);
  const names = read?.status === "ok" ? read.document.spec.apps.map(({ name }) => name) : [];
  if (names.length === 0 || names.includes(app)) return;
  const meant = closestName(app, names);
  const hint = meant === undefined ? `it has ${names.join(", ")}` : `did you mean ${meant}?`;
  io.err(`${paint("yellow", "warning")} ${file} has no app ${JSON.stringify(app)}: ${hint}\n`);
}

function print({ io, paint }: Context, report: BuildReport): void {
  const tell = (faults: readonly BuildFault[], word: string): void => {
    for (const line of describeFaults(faults)) io.err(`${word} ${line}\n`);
  };
  const isError = ({ severity }: BuildFault): boolean => severity === "error";
  tell(report.faults.filter(isError), paint("red", "error"));
  tell(
    report.faults.filter((fault) => !isError(fault)),
    paint("yellow", "warning"),
  );
  if (hasErrors(report)) {
    io.err("nothing was written\n");
    return;
  }
  for (const { path, debugId, status } of report.files) {
    const sign = status === "stored" ? paint("green", "+") : "=";
    io.out(`${sign} ${path}  ${debugId}\n`);
  }
  for (const path of report.rewritten) io.out(`${paint("yellow", "~")} ${path}\n`);
  for (const path of report.removed) io.out(`${paint("red", "-")} ${path}\n`);
  if (report.pruned.files > 0) {
    io.out(`${report.pruned.files} maps of earlier builds were deleted\n`);
  }
  io.out(`${describeReport(report)}\n`);
}
