import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = fileURLToPath(new URL("../../../", import.meta.url));

export type NpmProject = {
  readonly directory: string;
  /** Why a package could not be installed; undefined where all are there. */
  readonly problem: string | undefined;
  /** Copies a file into the project, so that its imports are resolved there. */
  add(file: string): string;
  remove(): void;
};

/**
 * A project outside of the repository with these packages, as `name@version`, and a link to
 * `@sightline/node`, whose own dependencies stay those of the repository.
 */
export function makeNpmProject(packages: readonly string[]): NpmProject {
  const directory = mkdtempSync(join(tmpdir(), "sightline-npm-"));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "shop", private: true }));
  const problem = npmInstall(directory, packages);
  const link = join(directory, "node_modules/@sightline/node");
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(PACKAGES, "node"), link);
  return {
    directory,
    problem,
    add(file) {
      const target = join(directory, basename(file));
      copyFileSync(fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url)), target);
      return target;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Installs into a folder, from npm's cache where it can. What went wrong, undefined if nothing did. */
export function npmInstall(directory: string, packages: readonly string[]): string | undefined {
  const args = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  try {
    execFileSync("npm", [...args, ...packages], {
      cwd: directory,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 240_000,
    });
    return undefined;
  } catch (error) {
    const { stderr = "" } = error as { stderr?: Buffer | string };
    const reason = `${stderr}`.split("\n").find((line) => /error/i.test(line)) ?? String(error);
    return `npm could not install ${packages.join(", ")}: ${reason.slice(0, 200)}`;
  }
}
