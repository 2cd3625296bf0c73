import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Engine } from "./engine.ts";

/**
 * An image as the project publishes it, made from the binary of the embedded stack: the same user,
 * entry point, folders and owners, and nothing else. No shell, no libc, no certificate.
 */
interface ImageRecipe {
  /** Repository name in docker-compose.yml. */
  readonly repository: string;
  /** Folder of the build below the cache; the version is the tag without its `v`. */
  readonly tool: string;
  /** Path in the image → binary in the cache. The first is the entry point. */
  readonly binaries: Readonly<Record<string, string>>;
  readonly user: string;
  /** Folder in the image → uid (and gid) it belongs to. */
  readonly folders: Readonly<Record<string, number>>;
  readonly changes?: readonly string[];
}

const NOBODY = 65_534;

/** Sources: the Dockerfile of each project at the version in docker-compose.yml. */
const IMAGES: readonly ImageRecipe[] = [
  {
    repository: "grafana/loki",
    tool: "loki",
    binaries: { "/usr/bin/loki": "loki" },
    user: "10001",
    folders: {
      "/etc/loki": 10_001,
      "/loki": 10_001,
      "/loki/rules": 10_001,
      "/loki/rules-temp": 10_001,
    },
  },
  {
    repository: "prom/prometheus",
    tool: "prometheus",
    binaries: { "/bin/prometheus": "prometheus", "/bin/promtool": "promtool" },
    user: "nobody",
    folders: { "/etc/prometheus": NOBODY, "/prometheus": NOBODY },
    changes: ["WORKDIR /prometheus", "VOLUME /prometheus"],
  },
  {
    repository: "prom/alertmanager",
    tool: "alertmanager",
    binaries: { "/bin/alertmanager": "alertmanager", "/bin/amtool": "amtool" },
    user: "nobody",
    folders: { "/etc/alertmanager": NOBODY, "/alertmanager": NOBODY },
    changes: ["WORKDIR /alertmanager", "VOLUME /alertmanager"],
  },
  {
    repository: "prom/blackbox-exporter",
    tool: "blackbox",
    binaries: { "/bin/blackbox_exporter": "blackbox_exporter" },
    user: "",
    folders: { "/etc/blackbox_exporter": 0 },
  },
  {
    repository: "otel/opentelemetry-collector-contrib",
    tool: "collector",
    binaries: { "/otelcol-contrib": "otelcol" },
    user: "10001:10001",
    folders: {},
  },
];

/** Where the embedded stack keeps what it built. */
export function cacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sightline");
}

/** Binaries that the images need and that are not built yet. `tagged`: `repository:tag`. */
export function missingBinaries(tagged: readonly string[]): string[] {
  return tagged.flatMap((image) =>
    Object.values(recipeOf(image).binaries)
      .map((binary) => binaryPath(image, binary))
      .filter((path) => !existsSync(path)),
  );
}

/** Makes one image of the given name in the engine. */
export function makeImage(engine: Engine, tagged: string): void {
  const recipe = recipeOf(tagged);
  const root = join(engine.directory, `rootfs-${recipe.tool}`);
  mkdirSync(join(root, "etc"), { recursive: true });
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(join(root, "etc/passwd"), `root:x:0:0::/:\nnobody:x:${NOBODY}:${NOBODY}::/:\n`);
  writeFileSync(join(root, "etc/group"), `root:x:0:\nnobody:x:${NOBODY}:\n`);
  for (const [path, binary] of Object.entries(recipe.binaries)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(binaryPath(tagged, binary), join(root, path));
    chmodSync(join(root, path), 0o755);
  }
  for (const [folder, owner] of Object.entries(recipe.folders)) {
    mkdirSync(join(root, folder), { recursive: true });
    chownSync(join(root, folder), owner, owner);
  }
  const archive = `${root}.tar`;
  execFileSync("tar", ["--numeric-owner", "-C", root, "-cf", archive, "."]);
  const entryPoint = JSON.stringify([Object.keys(recipe.binaries)[0]]);
  const changes = [`ENTRYPOINT ${entryPoint}`, ...(recipe.changes ?? [])];
  if (recipe.user !== "") changes.push(`USER ${recipe.user}`);
  engine.run("docker", ["import", ...changes.flatMap((c) => ["--change", c]), archive, tagged]);
  rmSync(root, { recursive: true });
  rmSync(archive);
}

function recipeOf(tagged: string): ImageRecipe {
  const recipe = IMAGES.find(({ repository }) => tagged.startsWith(`${repository}:`));
  if (recipe === undefined)
    throw new Error(`no recipe for the image "${tagged}"; add it to IMAGES`);
  return recipe;
}

function binaryPath(tagged: string, binary: string): string {
  const version = tagged.slice(tagged.lastIndexOf(":") + 1).replace(/^v/, "");
  return join(cacheDirectory(), recipeOf(tagged).tool, version, binary);
}
