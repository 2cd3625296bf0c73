import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DATA_FOLDER, GATEWAY_DEFAULTS, type GatewayApp } from "@sightline/core";
import { makeDirectory } from "./directory.ts";
import { readExampleApp } from "./example-app.ts";
import type { Paths } from "./paths.ts";
import { writeIfChanged } from "./render.ts";
import type { StackMode } from "./spec.ts";

/** In the layout of provisioning/, as every file of a server. */
export const GATEWAY_FILE = "gateway/gateway.json";

const NOTHING_SET = `${JSON.stringify({ version: GATEWAY_DEFAULTS.version })}\n`;

export interface GatewaySettings {
  readonly text: string;
  readonly changedUnixMillis: number;
}

/** What was applied, else what is provisioned. */
export function readGatewaySettings(paths: Paths): GatewaySettings {
  const file = [paths.applied, paths.provisioning]
    .map((folder) => join(folder, GATEWAY_FILE))
    .find((path) => existsSync(path));
  if (file === undefined) return { text: NOTHING_SET, changedUnixMillis: 0 };
  return { text: readFileSync(file, "utf8"), changedUnixMillis: statSync(file).mtimeMs };
}

/** The same as the gateway gets it: with the example's page, while the example runs. */
export function gatewaySettingsText(paths: Paths): string {
  const { text } = readGatewaySettings(paths);
  const example = readExampleApp(paths);
  const settings = example && parseSettings(text);
  if (!settings) return text;
  const { apps = [] } = settings;
  // Who applied the example's own sightline.yaml has said what its page may do.
  const isThere = apps.some(
    ({ serviceName, keys }) =>
      serviceName === example.serviceName || keys.some((key) => example.keys.includes(key)),
  );
  if (isThere) return text;
  return `${JSON.stringify({ ...settings, apps: [...apps, example] }, null, 2)}\n`;
}

/** What is no such object stays as it is: the gateway says what is wrong with it. */
function parseSettings(text: string): { readonly apps?: readonly GatewayApp[] } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function gatewaySettingsPath(paths: Paths, mode: StackMode): string {
  return join(mode === "docker" ? paths.containerConfig : paths.config, GATEWAY_FILE);
}

/** A running gateway sees by itself that the file is another one, and reads it. */
export function renderGatewaySettings(paths: Paths, mode: StackMode): void {
  const path = gatewaySettingsPath(paths, mode);
  writeIfChanged(path, gatewaySettingsText(paths), paths.stack);
  if (mode === "embedded") return;
  // The container's user is another one; the data directory above keeps others out.
  for (const folder of [dirname(dirname(path)), dirname(path)]) chmodSync(folder, 0o755);
  chmodSync(path, 0o644);
  shareMaps(paths);
}

/** Of its own making: Docker would make one of root's, and nobody could put a map in it. */
function shareMaps(paths: Paths): void {
  const maps = join(paths.data, DATA_FOLDER.maps);
  makeDirectory(maps);
}
