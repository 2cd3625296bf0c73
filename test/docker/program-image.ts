import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { repositoryRoot } from "../harness/stack.ts";
import type { Engine } from "./engine.ts";

/** An image made of programs of this machine, for where no registry can be reached. */
export interface ProgramImage {
  /** Path in the image → program here. What it is linked to comes along. */
  readonly programs: Readonly<Record<string, string>>;
  /** Packages of this repository that run in it, with all that they depend on. */
  readonly packages?: { readonly names: readonly string[]; readonly folder: string };
  /** Folders in the image, by the uid and gid that they belong to. */
  readonly folders?: Readonly<Record<string, number>>;
  /** As in a Dockerfile: `USER 1000`, `ENTRYPOINT ["/bin/x"]`. */
  readonly changes: readonly string[];
}

export function makeProgramImage(engine: Engine, tagged: string, image: ProgramImage): void {
  const root = mkdtempSync(join(engine.directory, "rootfs-"));
  mkdirSync(join(root, "etc"));
  mkdirSync(join(root, "tmp"));
  chmodSync(root, 0o755);
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/:\n");
  for (const [path, program] of Object.entries(image.programs)) {
    for (const library of linkedLibraries(program)) copy(library, join(root, library));
    copy(program, join(root, path));
  }
  const { names = [], folder = "" } = image.packages ?? {};
  for (const name of names) copyPackage(name, repositoryRoot, join(root, folder));
  for (const [path, owner] of Object.entries(image.folders ?? {})) {
    mkdirSync(join(root, path), { recursive: true });
    chownSync(join(root, path), owner, owner);
  }
  const archive = `${root}.tar`;
  execFileSync("tar", ["--numeric-owner", "-C", root, "-cf", archive, "."]);
  const changes = image.changes.flatMap((change) => ["--change", change]);
  engine.run("docker", ["import", ...changes, archive, tagged]);
  rmSync(root, { recursive: true });
  rmSync(archive);
}

/** Where a program is, also in the folders of the system; undefined if it is not here. */
export function findProgram(name: string): string | undefined {
  return `${process.env["PATH"] ?? ""}${delimiter}/usr/sbin:/sbin:/usr/bin:/bin`
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** Shared libraries and the loader, by their real paths on this machine. */
function linkedLibraries(program: string): string[] {
  try {
    const text = execFileSync("ldd", [program], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  } catch {
    // Static: there is nothing that it needs.
    return [];
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(realpathSync(from), to, { dereference: true });
}

/**
 * Copies a package and its dependencies to the places they have in the repository, so that Node
 * finds them in the image as it finds them here.
 */
function copyPackage(
  name: string,
  from: string,
  target: string,
  seen: Set<string> = new Set(),
): void {
  const link = findPackage(name, from);
  const place = realpathSync(link);
  const destination = join(target, relative(repositoryRoot, place));
  if (place !== link) linkTo(join(target, relative(repositoryRoot, link)), destination);
  if (seen.has(place)) return;
  seen.add(place);
  mkdirSync(destination, { recursive: true });
  for (const entry of readdirSync(place)) {
    if (["node_modules", "src", "test"].includes(entry) && place !== link) continue;
    if (entry === "node_modules") continue;
    cpSync(join(place, entry), join(destination, entry), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(place, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  for (const each of Object.keys(manifest.dependencies ?? {}))
    copyPackage(each, place, target, seen);
}

function findPackage(name: string, from: string): string {
  const path = join(from, "node_modules", name);
  if (existsSync(path)) return path;
  if (from === dirname(from)) throw new Error(`the package "${name}" is not installed`);
  return findPackage(name, dirname(from));
}

function linkTo(path: string, target: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(relative(dirname(path), target), path);
}
