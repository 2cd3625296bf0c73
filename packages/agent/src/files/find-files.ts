import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { glob as findPaths, isDynamicPattern } from "tinyglobby";
import { type FileFacts, type Look, lookAt } from "./open-file.ts";
import { isCompressed } from "./rotation-names.ts";

export interface FoundFiles {
  /** By path; a file that several paths lead to comes once, under the first. */
  readonly files: readonly FileFacts[];
  /** What stands in the way, by path. */
  readonly problems: ReadonlyMap<string, string>;
}

export async function findFiles(glob: string): Promise<FoundFiles> {
  const problems = new Map<string, string>();
  const isPattern = isDynamicPattern(glob);
  const folder = fixedFolder(glob);
  const folderProblem = await whyFolderIsClosed(folder);
  if (folderProblem) problems.set(folder, folderProblem);
  const byKey = new Map<string, FileFacts>();
  for (const path of isPattern ? await matchingPaths(glob) : [glob]) {
    if (isCompressed(path)) continue;
    const facts = await lookAt(path);
    if (facts.status === "ok") {
      if (!byKey.has(facts.key)) byKey.set(facts.key, facts);
    } else {
      const problem = problemText(path, facts, isPattern);
      if (problem) problems.set(path, problem);
    }
  }
  return { files: [...byKey.values()], problems };
}

/** The folder that a glob surely lies in: what stands before its first `*`, `?`, `[` or `{`. */
export function fixedFolder(glob: string): string {
  if (!isDynamicPattern(glob)) return dirname(glob);
  const special = glob.search(/[*?[{(!+@]/);
  return dirname(`${glob.slice(0, Math.max(special, 0))}x`);
}

/** For people. Undefined where there is nothing to say: files come and go. */
export function problemText(
  path: string,
  look: Look<unknown>,
  isFromPattern: boolean,
): string | undefined {
  if (look.status === "no_file") {
    if (look.what === "special") {
      return `"${path}" is a pipe, a socket or a device and is not read; give the path of a regular file`;
    }
    return isFromPattern
      ? undefined
      : `"${path}" is a folder and is not read; for the files in it give "${path}/*"`;
  }
  if (look.status !== "failed") return undefined;
  return look.code === "EACCES" || look.code === "EPERM"
    ? permissionText(path)
    : `cannot read "${path}": ${look.message}; it is tried again every few seconds`;
}

export function permissionText(path: string): string {
  const user = process.getuid?.() ?? "?";
  return (
    `cannot read "${path}": the agent (user id ${user}) may not. Give it the right, for example with ` +
    `"setfacl -m u:${user}:rX '${path}'" or by its group (Debian's log files belong to "adm"); ` +
    "it is tried again every few seconds"
  );
}

async function matchingPaths(glob: string): Promise<string[]> {
  const paths = await findPaths(glob, {
    absolute: true,
    cwd: "/",
    onlyFiles: false,
    expandDirectories: false,
    followSymbolicLinks: true,
  });
  return paths.sort();
}

async function whyFolderIsClosed(folder: string): Promise<string | undefined> {
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "EACCES" || code === "EPERM" ? permissionText(folder) : undefined;
  }
}
