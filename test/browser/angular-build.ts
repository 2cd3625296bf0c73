import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ENV } from "@sightline/core";
import { repositoryRoot } from "../harness/stack.ts";
import { BUILD_PREFIX } from "./angular-install.ts";

const run = promisify(execFile);

const EXAMPLE = "examples/angular";
const BUILD_FILES = ["angular.json", "tsconfig.json", "src"];
const BUILD_TIMEOUT_MILLIS = 240_000;
const SIGHTLINE = join(repositoryRoot, "packages/cli/dist/main.js");

export interface AngularBuild {
  /** Has node_modules; nothing in it is changed but a folder of this build's own below it. */
  readonly installation: string;
  /** Below the repository; its files lie over those of the example. */
  readonly overlay?: string;
  /** `SIGHTLINE_DATA` of the gateway that gets the maps. */
  readonly gatewayData: string;
}

/**
 * Builds the example as its README says, minified. In a folder of its own below the one with
 * node_modules, so that runs beside each other do not meet; remove it at the end.
 *
 * @returns the project's folder; what is published is in `dist/browser`
 */
export async function buildAngular(build: AngularBuild): Promise<string> {
  const { gatewayData, installation, overlay } = build;
  const project = mkdtempSync(join(installation, BUILD_PREFIX));
  copyFiles(EXAMPLE, project);
  if (overlay !== undefined) copyFiles(overlay, project);
  for (const name of ["browser", "core"]) copyPackage(name, project);
  const options = {
    cwd: project,
    timeout: BUILD_TIMEOUT_MILLIS,
    env: { PATH: process.env["PATH"] ?? "", HOME: project, CI: "true", [ENV.data]: gatewayData },
  };
  const cli = join(installation, "node_modules/@angular/cli/bin/ng.js");
  await run(process.execPath, [cli, "build"], options);
  const sourcemaps = ["build", "--sourcemaps", "dist/browser", "--app", "example-angular"];
  await run(process.execPath, [SIGHTLINE, ...sourcemaps], options);
  return project;
}

function copyFiles(source: string, project: string): void {
  for (const file of BUILD_FILES) {
    const from = join(repositoryRoot, source, file);
    if (existsSync(from)) cpSync(from, join(project, file), { recursive: true });
  }
}

/** As it is built now, and not as it was when the lockfile was installed. */
function copyPackage(name: string, project: string): void {
  const target = join(project, "node_modules/@sightline", name);
  mkdirSync(target, { recursive: true });
  for (const file of ["package.json", "dist"]) {
    cpSync(join(repositoryRoot, "packages", name, file), join(target, file), { recursive: true });
  }
}
