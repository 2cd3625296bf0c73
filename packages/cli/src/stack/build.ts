import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeDirectory } from "./directory.ts";
import type { Paths } from "./paths.ts";
import { refOf } from "./process.ts";
import { readJson, writeJson } from "./state.ts";
import { type Tool, toolBinary } from "./tools.ts";

interface BuildStamp {
  readonly recipe: string;
}

const recipeDirectory = (paths: Paths, tool: Tool): string =>
  join(paths.assets, "scripts/stack", tool.name);
const stampPath = (paths: Paths, tool: Tool): string => toolBinary(paths, tool, "recipe.json");

/** Changes when the pins or the way of building do; a server built by another recipe is built anew. */
export function recipeDigest(paths: Paths, tool: Tool): string {
  const hash = createHash("sha256").update(JSON.stringify(tool.build));
  const directory = recipeDirectory(paths, tool);
  for (const file of readdirSync(directory).sort()) {
    hash.update(file).update(readFileSync(join(directory, file)));
  }
  return hash.digest("hex");
}

export function isBuilt(paths: Paths, tool: Tool): boolean {
  const stamp = readJson<BuildStamp>(
    stampPath(paths, tool),
    (value) => typeof value.recipe === "string",
  );
  const binaries = Object.keys(tool.build.binaries);
  return (
    stamp?.recipe === recipeDigest(paths, tool) &&
    binaries.every((binary) => existsSync(toolBinary(paths, tool, binary)))
  );
}

export type BuildResult =
  | { readonly status: "built" }
  | { readonly status: "failed"; readonly reason: string; readonly advice: string };

/**
 * Builds one server into the cache, whole or not at all: the binaries appear by rename, so that an
 * interrupted or a second build at the same time never leaves half a server.
 */
export async function buildTool(paths: Paths, tool: Tool): Promise<BuildResult> {
  const target = join(paths.cache, tool.name, tool.version);
  makeDirectory(target);
  removeStaleDrafts(dirname(target));
  const draft = mkdtempSync(join(dirname(target), `${DRAFT_PREFIX}${process.pid}-`));
  const removeDraft = (): void => rmSync(draft, { recursive: true, force: true });
  // Ctrl-C ends this process without coming back here.
  process.once("exit", removeDraft);
  try {
    for (const [binary, source] of Object.entries(tool.build.binaries)) {
      const result = await goBuild(paths, tool, source, join(draft, binary));
      if (result.code !== 0) return explainFailure(tool, result);
    }
    for (const binary of Object.keys(tool.build.binaries)) {
      renameSync(join(draft, binary), join(target, binary));
    }
    writeJson(stampPath(paths, tool), { recipe: recipeDigest(paths, tool) } satisfies BuildStamp);
    return { status: "built" };
  } finally {
    process.off("exit", removeDraft);
    removeDraft();
  }
}

const DRAFT_PREFIX = ".build-";

/** What builds that were killed left behind; a draft's name holds the pid of its builder. */
function removeStaleDrafts(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = new RegExp(`^\\${DRAFT_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || refOf(Number(pid))) continue;
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function goBuild(
  paths: Paths,
  tool: Tool,
  source: string,
  output: string,
): Promise<{ code: number | null; output: string }> {
  const linkerFlags = [
    "-s",
    "-w",
    ...tool.build.versionVariables.map((variable) => `-X ${variable}=${tool.version}`),
  ];
  const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", linkerFlags.join(" ")];
  if (tool.build.tags) args.push("-tags", tool.build.tags);
  args.push("-o", output, source);
  const child = spawn("go", args, {
    cwd: recipeDirectory(paths, tool),
    // A user's GOFLAGS (often -mod=vendor) or go.work must not bend a pinned build.
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = (): boolean => child.kill();
  process.once("exit", end);
  child.once("close", () => process.off("exit", end));
  return collect(child);
}

function collect(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    let output = "";
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-8_000);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.on("error", (error) => resolve({ code: null, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

const NETWORK_TROUBLE =
  /dial tcp|no such host|i\/o timeout|connection refused|TLS handshake|proxyconnect|lookup .* on /;
const DISK_FULL = /no space left on device/;

function explainFailure(tool: Tool, result: { output: string }): BuildResult {
  const lines = result.output
    .split("\n")
    .filter((line) => line && !line.startsWith("go: downloading"));
  const reason = `go build of ${tool.name} ${tool.version} failed:\n${lines
    .slice(-8)
    .map((line) => `    ${line}`)
    .join("\n")}`;
  if (DISK_FULL.test(result.output)) {
    return {
      status: "failed",
      reason,
      advice:
        "free some disk space, then run the same command again; what was built so far is kept",
    };
  }
  if (NETWORK_TROUBLE.test(result.output)) {
    return {
      status: "failed",
      reason,
      advice:
        "the Go module proxy could not be reached: check the network or set GOPROXY to a mirror that can be (go env GOPROXY shows the one in use), then run the same command again",
    };
  }
  return {
    status: "failed",
    reason,
    advice: "run the same command again; if it fails the same way, report it with the lines above",
  };
}
