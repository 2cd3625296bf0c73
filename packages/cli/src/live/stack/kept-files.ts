import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { GATEWAY_FILE } from "../../emit/stack/gateway-resources.ts";
import { gatewaySettingsPath, gatewaySettingsText } from "../../stack/gateway-settings.ts";
import { RENDERED_TOOLS } from "../../stack/prepare.ts";
import { configSources, renderedText } from "../../stack/render.ts";
import type { StackMode } from "../../stack/spec.ts";
import { isRendered, renderedFolder } from "./stack-texts.ts";

/** Files of the servers that the next `up` would leave as they are. */
export function keptFiles(context: Context, mode: StackMode): readonly string[] {
  const { paths, ports } = context;
  const isThere = isRendered(paths, mode);
  const ofServers = RENDERED_TOOLS.flatMap((tool) =>
    [...configSources(paths, tool)]
      .filter(([path, source]) => {
        if (!isThere) return true;
        const now = readIfThere(join(renderedFolder(paths, mode), tool.name, path));
        return now === renderedText(paths, source, mode, ports);
      })
      .map(([path]) => `${tool.name}/${path}`),
  );
  const isKept =
    !isThere || readIfThere(gatewaySettingsPath(paths, mode)) === gatewaySettingsText(paths, mode);
  return isKept ? [...ofServers, GATEWAY_FILE] : ofServers;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
