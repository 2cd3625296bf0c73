import { existsSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Context } from "../../context.ts";
import type { Artefact } from "../../emit/artefact.ts";
import { TEMPLATE_FOLDER } from "../../emit/stack/alertmanager-files.ts";
import { makeDirectory } from "../../stack/directory.ts";
import { renderGatewaySettings } from "../../stack/gateway-settings.ts";
import type { Paths } from "../../stack/paths.ts";
import { RENDERED_TOOLS } from "../../stack/prepare.ts";
import { listFiles, renderConfig, renderContainerConfig } from "../../stack/render.ts";
import type { StackMode } from "../../stack/spec.ts";
import type { AlertServer } from "./running-servers.ts";
import { readSecret, removeSecret, writeSecret } from "./secret-files.ts";
import { renderedFolder, type StackText } from "./stack-texts.ts";

/** What was there before; undefined: nothing. */
export interface Snapshot {
  readonly files: ReadonlyMap<string, string | undefined>;
  readonly secrets: ReadonlyMap<string, string | undefined>;
  /** When each rendered file was written; by that it is known who has read it since. */
  readonly times: ReadonlyMap<string, number>;
}

export interface Touched {
  /** Servers whose files are others now and that must be told. */
  readonly servers: readonly AlertServer[];
  readonly writes: number;
}

export function takeSnapshot(
  paths: Paths,
  texts: ReadonlyMap<string, StackText>,
  files: readonly Artefact[],
  secrets: readonly string[],
): Snapshot {
  const names = new Set([...files.map(({ path }) => path), ...appliedTemplates(paths)]);
  return {
    files: new Map([...names].map((path) => [path, readIfThere(join(paths.applied, path))])),
    secrets: new Map(secrets.map((name) => [name, readSecret(paths, name)])),
    times: new Map([...texts].map(([path, { changedUnixMillis }]) => [path, changedUnixMillis])),
  };
}

/** Writes what is to be kept, then renders it for the servers. */
export function writeApplied(
  context: Context,
  mode: StackMode,
  files: readonly Artefact[],
  secrets: ReadonlyMap<string, string>,
): Touched {
  const { paths } = context;
  let writes = 0;
  let hasNewSecret = false;
  // Before the file that names them: Alertmanager must never look for one that is not there yet.
  for (const [name, value] of secrets) {
    if (readSecret(paths, name) === value) continue;
    writeSecret(paths, mode, name, value);
    hasNewSecret = true;
    writes += 1;
  }
  for (const { path, text } of files) {
    if (readIfThere(join(paths.applied, path)) === text) continue;
    writeWhole(paths, path, text);
    writes += 1;
  }
  const wanted = new Set(files.map(({ path }) => path));
  for (const path of appliedTemplates(paths)) {
    if (wanted.has(path)) continue;
    rmSync(join(paths.applied, path), { force: true });
    writes += 1;
  }
  const changed = render(context, mode);
  const servers = hasNewSecret ? new Set([...changed, "alertmanager" as const]) : changed;
  return { servers: [...servers], writes };
}

export function restore(context: Context, mode: StackMode, { files, secrets }: Snapshot): void {
  const { paths } = context;
  for (const [name, value] of secrets) {
    if (value === undefined) removeSecret(paths, name);
    else writeSecret(paths, mode, name, value);
  }
  for (const [path, text] of files) {
    if (text === undefined) rmSync(join(paths.applied, path), { force: true });
    else writeWhole(paths, path, text);
  }
  render(context, mode);
}

/** Once the servers have the earlier files again: these are as old as they were. */
export function restoreTimes({ paths }: Context, mode: StackMode, { times }: Snapshot): void {
  for (const [path, changedUnixMillis] of times) {
    const file = join(renderedFolder(paths, mode), path);
    const time = new Date(changedUnixMillis);
    if (existsSync(file)) utimesSync(file, time, time);
  }
}

/** Servers whose files changed. Prometheus sees changed targets by itself. */
function render({ paths, ports }: Context, mode: StackMode): ReadonlySet<AlertServer> {
  const changed = RENDERED_TOOLS.filter((tool) => {
    const files =
      mode === "docker" ? renderContainerConfig(paths, tool) : renderConfig(paths, tool, ports);
    return files.some((file) => !file.startsWith("targets/"));
  });
  // A running gateway reads its file again by itself.
  renderGatewaySettings(paths, mode);
  return new Set(changed.map(({ name }) => name as AlertServer));
}

function writeWhole(paths: Paths, path: string, text: string): void {
  const target = join(paths.applied, path);
  makeDirectory(dirname(target));
  const draft = join(paths.applied, `${basename(path)}.${process.pid}.tmp`);
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, target);
  } catch (error) {
    // On a full disk a half draft would keep the room that taking back needs.
    rmSync(draft, { force: true });
    throw error;
  }
}

function appliedTemplates(paths: Paths): readonly string[] {
  return listFiles(join(paths.applied, TEMPLATE_FOLDER)).map(
    (file) => `${TEMPLATE_FOLDER}/${basename(file)}`,
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
