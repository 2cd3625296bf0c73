import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DATA_FOLDER, GATEWAY_APP_DEFAULTS, type GatewayApp } from "@sightline/core";
import type { Context } from "../context.ts";
import { makeDirectory } from "./directory.ts";
import type { Paths } from "./paths.ts";
import { readJson, writeJson } from "./state.ts";

/** `service.name` of its page. */
export const EXAMPLE_PAGE_SERVICE_NAME = "board-web";
/** As examples/board/sightline.yaml has it. */
export const EXAMPLE_PAGE_KEY = "board-example-page";

/** The example's page as the gateway knows it, while the example runs; see gateway-settings.ts. */
export function readExampleApp(paths: Paths): GatewayApp | undefined {
  return readJson<GatewayApp>(appFile(paths), ({ keys }) => Array.isArray(keys));
}

const appFile = (paths: Paths): string => join(paths.stack, "example-app.json");

/**
 * Lets the example's page send, and gives the gateway the source maps that were made when the page was
 * built; or takes the page away again, where the example does not run.
 */
export function writeExampleApp({ paths, ports }: Context, withExample: boolean): void {
  if (!withExample) {
    rmSync(appFile(paths), { force: true });
    return;
  }
  writeJson(appFile(paths), {
    ...GATEWAY_APP_DEFAULTS,
    serviceName: EXAMPLE_PAGE_SERVICE_NAME,
    keys: [EXAMPLE_PAGE_KEY],
    origins: [`http://127.0.0.1:${ports.board}`, `http://localhost:${ports.board}`],
  } satisfies GatewayApp);
  const built = join(paths.assets, "examples/board/dist/maps");
  if (!existsSync(built)) return;
  const maps = join(paths.data, DATA_FOLDER.maps);
  makeDirectory(maps);
  cpSync(built, maps, { recursive: true });
}
