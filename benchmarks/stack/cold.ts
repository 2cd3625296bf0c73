import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { formatBytes } from "@sightline/core";
import { freePortEnvironment } from "../../test/harness/free-ports.ts";
import { atExit } from "../at-exit.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { readDiskUsage } from "./disk-usage.ts";
import { runTimed } from "./npm-command.ts";

/** A fresh clone of what is committed, with nothing in any cache: what a newcomer waits for. */
export async function measureCold({ root, note }: PartContext): Promise<Section> {
  const home = mkdtempSync(join(tmpdir(), "sightline-cold-"));
  const clone = join(home, "clone");
  const env = {
    ...withoutThisClone(process.env, root),
    ...emptyCaches(home),
    ...(await freePortEnvironment()),
  };
  const remove = atExit(() => removeAll(home, clone, env));
  try {
    note("cold: a fresh clone and empty caches");
    await runTimed("git", ["clone", "--quiet", "--no-local", root, clone], { cwd: home, env });
    const up = await runTimed("npm", ["run", "--silent", "up", "--", "--mode", "embedded"], {
      cwd: clone,
      env,
      note,
    });
    const disk = {
      "npm packages": readDiskUsage(join(clone, "node_modules")),
      servers: readDiskUsage(join(home, "cache/sightline")),
      "npm's cache": readDiskUsage(join(home, "npm")),
      "Go's caches (only for building)":
        readDiskUsage(join(home, "go-mod")) + readDiskUsage(join(home, "go-build")),
    };
    return {
      part: "cold",
      title: "Time of `npm run up` from a fresh clone with empty caches",
      tables: [
        {
          columns: ["step", "time"],
          rows: [
            ...up.steps.map(({ title, time }) => [title, time]),
            ["together, until every signal was read back", `${formatFigure(up.seconds / 60)} min`],
          ],
        },
        {
          columns: ["on disk afterwards", "size"],
          rows: Object.entries(disk).map(([name, bytes]) => [name, formatBytes(bytes)]),
        },
      ],
      targets: [],
      notes: [],
      data: { ...up, disk },
    };
  } finally {
    await remove();
  }
}

async function removeAll(home: string, clone: string, env: NodeJS.ProcessEnv): Promise<void> {
  const main = join(clone, "packages/cli/dist/main.js");
  // Not by npm: where the clone was interrupted half installed, that would install it anew.
  if (existsSync(main)) await runTimed(process.execPath, [main, "down"], { cwd: home, env });
  // Go's modules are read-only, also for those who want to delete them.
  if (existsSync(join(home, "go-mod"))) {
    await runTimed("go", ["clean", "-modcache"], { cwd: home, env });
  }
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
}

function emptyCaches(home: string): Record<string, string> {
  return {
    SIGHTLINE_DATA: join(home, "data"),
    SIGHTLINE_HOST: "bench-vm",
    NO_COLOR: "1",
    XDG_CACHE_HOME: join(home, "cache"),
    GOPATH: join(home, "go"),
    GOMODCACHE: join(home, "go-mod"),
    GOCACHE: join(home, "go-build"),
    npm_config_cache: join(home, "npm"),
  };
}

/** The environment of somebody who has not started anything from this clone. */
function withoutThisClone(env: NodeJS.ProcessEnv, root: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle|command|node|execpath)|INIT_CWD|NODE$|SIGHTLINE_)/i.test(name) &&
      !/^npm_config_cache$/i.test(name),
  );
  const path = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, "node_modules")));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) };
}
