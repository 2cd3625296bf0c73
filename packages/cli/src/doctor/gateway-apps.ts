import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  DATA_FOLDER,
  ENV,
  GATEWAY_APP_DEFAULTS,
  type GatewayApp,
  type GatewayConfig,
} from "@sightline/core";
import type { Context } from "../context.ts";
import { gatewaySettingsPath } from "../stack/gateway-settings.ts";
import { readSpec } from "../stack/spec.ts";

export type GatewaySettingsRead =
  | {
      readonly status: "ok";
      readonly apps: readonly GatewayApp[];
      readonly mapsFolder: string | undefined;
    }
  | { readonly status: "unreadable"; readonly path: string; readonly reason: string };

/** What the running gateway was given; its own check says what is wrong in it. */
export function readGatewayApps({ paths }: Context): GatewaySettingsRead {
  const spec = readSpec(paths.spec);
  const running = spec?.servers.find(({ name }) => name === "gateway");
  const path =
    running?.env[ENV.gatewayConfig] ?? gatewaySettingsPath(paths, spec?.mode ?? "embedded");
  try {
    const settings = JSON.parse(readFileSync(path, "utf8")) as Partial<GatewayConfig>;
    const apps = (settings.apps ?? []).map((app) => ({ ...GATEWAY_APP_DEFAULTS, ...app }));
    return { status: "ok", apps, mapsFolder: settings.mapsFolder };
  } catch (error) {
    return { status: "unreadable", path, reason: (error as Error).message };
  }
}

/** Where the gateway of this machine looks for source maps. */
export function readMapsFolder(context: Context): string {
  const read = readGatewayApps(context);
  const own = read.status === "ok" ? read.mapsFolder : undefined;
  return own ?? join(context.paths.data, DATA_FOLDER.maps);
}
