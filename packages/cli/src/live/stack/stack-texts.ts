import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { GATEWAY_FILE } from "../../emit/stack/gateway-resources.ts";
import { readGatewaySettings } from "../../stack/gateway-settings.ts";
import type { Paths } from "../../stack/paths.ts";
import { RENDERED_TOOLS } from "../../stack/prepare.ts";
import { configSources, listFiles } from "../../stack/render.ts";
import type { StackMode } from "../../stack/spec.ts";

export interface StackText {
  readonly text: string;
  readonly changedUnixMillis: number;
}

/** Where the servers of this mode read their files. */
export function renderedFolder(paths: Paths, mode: StackMode): string {
  return mode === "docker" ? paths.containerConfig : paths.config;
}

/**
 * The files as the servers have them, by their path in the layout of provisioning/. Before the first
 * `up` nothing is rendered: then as it would be.
 */
export function readStackTexts(paths: Paths, mode: StackMode): ReadonlyMap<string, StackText> {
  const rendered = renderedFolder(paths, mode);
  const files = RENDERED_TOOLS.flatMap((tool): (readonly [string, string])[] => {
    const folder = join(rendered, tool.name);
    if (existsSync(folder)) {
      return listFiles(folder).map((file) => [relative(rendered, file), file]);
    }
    return [...configSources(paths, tool)].map(([path, file]) => [`${tool.name}/${path}`, file]);
  });
  const texts = files.map(([path, file]): [string, StackText] => [
    path,
    { text: readFileSync(file, "utf8"), changedUnixMillis: statSync(file).mtimeMs },
  ]);
  // Not as the gateway has it: the page of the example is in that, and is nobody's to apply.
  return new Map([...texts, [GATEWAY_FILE, readGatewaySettings(paths)]]);
}

export function isRendered(paths: Paths, mode: StackMode): boolean {
  return existsSync(renderedFolder(paths, mode));
}
