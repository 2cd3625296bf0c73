import { type Dirent, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { EXIT } from "@sightline/core";
import { Failure } from "../failure.ts";
import { languageOfFile, parsePackage } from "./manifests.ts";
import { parseCompose } from "./parse-compose.ts";
import type {
  ComposeFile,
  Dockerfile,
  Manifest,
  Project,
  ProxyFile,
  ProxyName,
  YamlFault,
} from "./project.ts";

const MAX_DEPTH = 4;
const MAX_ENTRIES = 20_000;
const MAX_FILE_BYTES = 1_048_576;
/** Past this the YAML library takes minutes for a text that is made to be slow; ten times any real one. */
const MAX_COMPOSE_BYTES = 131_072;
const MAX_FAULTS = 20;
/** Folders of others: what is installed, built or kept for tools. Those with a dot are left out too. */
const FOREIGN_FOLDERS = new Set([
  "node_modules",
  "bower_components",
  "vendor",
  "dist",
  "build",
  "out",
  "target",
  "bin",
  "obj",
  "coverage",
  "venv",
  "env",
  "__pycache__",
  "test",
  "tests",
  "__tests__",
  "testdata",
  "fixtures",
  "e2e",
  "site-packages",
]);
const COMPOSE_NAME = /^(?:docker-)?compose(?:\.[\w.-]{1,100})?\.ya?ml$/;
/** The one that `init` writes. */
export const OWN_COMPOSE_FILE = "compose.sightline.yml";

interface Found {
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

/** Reads what the folder tells of its services. Writes nothing; follows no link out of the folder. */
export function readProject(root: string): Project {
  const { files, notes } = walk(root);
  const named = (pattern: RegExp): string[] =>
    files.filter((path) => pattern.test(posix.basename(path)));
  return {
    compose: readComposeFiles(root),
    manifests: files.flatMap((path) => readManifest(root, path)),
    dockerfiles: named(/^(?:[\w-]{1,100}\.)?Dockerfile(?:\.[\w-]{1,100})?$/).flatMap((path) =>
      readDockerfile(root, path),
    ),
    proxyFiles: files.flatMap((path) => readProxyFile(root, path)),
    notes,
  };
}

/** Breadth first, so that a bound cuts off what is deepest. */
function walk(root: string): Found {
  const files: string[] = [];
  const notes: string[] = [];
  let level = ["."];
  let entries = 0;
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      for (const entry of listFolder(join(root, folder))) {
        entries += 1;
        const path = posix.join(folder, entry.name);
        if (entry.isFile()) files.push(path);
        else if (entry.isDirectory() && isOwnFolder(entry.name)) next.push(path);
      }
      if (entries > MAX_ENTRIES) {
        notes.push(`looked at the first ${entries} files alone; run it in a smaller folder`);
        return { files, notes };
      }
    }
    level = next;
  }
  return { files, notes };
}

function isOwnFolder(name: string): boolean {
  return !name.startsWith(".") && !FOREIGN_FOLDERS.has(name);
}

/** A folder that may not be read has nothing to tell. */
function listFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((left, right) =>
      left.name < right.name ? -1 : 1,
    );
  } catch {
    return [];
  }
}

function readComposeFiles(root: string): ComposeFile[] {
  const paths = readdirSync(root)
    .filter((name) => COMPOSE_NAME.test(name) && name !== OWN_COMPOSE_FILE)
    .sort();
  const faults: YamlFault[] = [];
  const files = paths.flatMap((path) => {
    const parsed = parseCompose(path, readCompose(root, path));
    if (parsed.status === "ok") return [parsed.file];
    faults.push(...parsed.faults);
    return [];
  });
  if (faults.length === 0) return files;
  const more = faults.length - MAX_FAULTS;
  const lines = faults.slice(0, MAX_FAULTS).map(describeFault);
  throw new Failure([...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n"), {
    advice: ["nothing was written; correct what is named here, then run the same command again"],
  });
}

function describeFault({ path, line, column, message }: YamlFault): string {
  return `${path}:${line}:${column}: ${message}`;
}

function readCompose(root: string, path: string): string {
  const place = join(root, path);
  if (lstatSync(place).isSymbolicLink()) refuseLinkOut(root, path);
  const found = statSync(place);
  if (!found.isFile()) return refuse(`"${path}" is not a file; expected a Compose file`);
  if (found.size > MAX_COMPOSE_BYTES) {
    return refuse(`"${path}" has ${found.size} bytes; expected at most ${MAX_COMPOSE_BYTES}`);
  }
  return readFileSync(place, "utf8");
}

function refuseLinkOut(root: string, path: string): void {
  const target = realPathOf(join(root, path));
  if (target?.startsWith(realpathSync(root) + sep)) return;
  const where = target === undefined ? "nothing" : `"${target}"`;
  refuse(`"${path}" is a link to ${where}; expected a file of this folder`);
}

function refuse(message: string): never {
  throw new Failure(message, {
    exitCode: EXIT.failure,
    advice: ["nothing was written; put a file there or rename it, then run the same command again"],
  });
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function readManifest(root: string, path: string): Manifest[] {
  const language = languageOfFile(posix.basename(path));
  if (language === undefined) return [];
  const folder = posix.dirname(path);
  if (posix.basename(path) !== "package.json") return [{ path, folder, language }];
  const parsed = parsePackage(readText(root, path));
  return parsed ? [{ path, folder, language, package: parsed }] : [];
}

function readDockerfile(root: string, path: string): Dockerfile[] {
  const stages = [...readText(root, path).matchAll(/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)?(\S+)/gim)];
  const image = stages.at(-1)?.[1];
  return image ? [{ path, image }] : [];
}

function readProxyFile(root: string, path: string): ProxyFile[] {
  const proxy = proxyOfFile(path);
  return proxy ? [{ path, proxy, text: readText(root, path) }] : [];
}

function proxyOfFile(path: string): ProxyName | undefined {
  const name = posix.basename(path).toLowerCase();
  if (/^(?:[\w-]{1,100}\.)?caddyfile$/.test(name)) return "caddy";
  if (/^traefik\.(?:ya?ml|toml)$/.test(name)) return "traefik";
  if (/^nginx(?:[\w.-]{0,100})?\.conf(?:\.template)?$/.test(name)) return "nginx";
  const isBelowNginx = /(?:^|\/)(?:nginx|conf\.d|sites-(?:enabled|available))\//i.test(path);
  return isBelowNginx && /\.conf(?:\.template)?$/.test(name) ? "nginx" : undefined;
}

/** Empty where it may not be read or is too large to be what its name says. */
function readText(root: string, path: string): string {
  const place = join(root, path);
  try {
    return statSync(place).size > MAX_FILE_BYTES ? "" : readFileSync(place, "utf8");
  } catch {
    return "";
  }
}

/** Names alone: what stands behind them may be a secret. Undefined where it cannot be read. */
export function readEnvNames(root: string, path: string): readonly string[] | undefined {
  try {
    const place = realpathSync(join(root, path));
    if (!place.startsWith(realpathSync(root) + sep) || statSync(place).size > MAX_FILE_BYTES) {
      return undefined;
    }
    const lines = readFileSync(place, "utf8").split("\n");
    return lines.flatMap(
      (line) => /^\s*(?:export\s+)?([A-Za-z_]\w{0,200})\s*[=:]/.exec(line)?.[1] ?? [],
    );
  } catch {
    return undefined;
  }
}
