import { chmodSync, existsSync, lchownSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DATA_FOLDER, GATEWAY_DEFAULTS, type GatewayConfig } from "@sightline/core";
import { GATEWAY_FILE } from "../emit/stack/gateway-resources.ts";
import { makeDirectory } from "./directory.ts";
import { readExampleApp } from "./example-app.ts";
import type { Paths } from "./paths.ts";
import { writeIfChanged } from "./render.ts";
import { readSpec, type StackMode } from "./spec.ts";

const NOTHING_SET = `${JSON.stringify({ version: GATEWAY_DEFAULTS.version })}\n`;

export interface GatewaySettings {
  readonly text: string;
  readonly changedUnixMillis: number;
}

/** What was applied. provisioning/ has a file for those who call Compose by hand. */
export function readGatewaySettings(paths: Paths): GatewaySettings {
  const file = join(paths.applied, GATEWAY_FILE);
  if (!existsSync(file)) return { text: NOTHING_SET, changedUnixMillis: 0 };
  return { text: readFileSync(file, "utf8"), changedUnixMillis: statSync(file).mtimeMs };
}

/**
 * The same as the gateway gets it: with the example's page, while the example runs; in a container
 * with the networks that Caddy may be in.
 */
export function gatewaySettingsText(paths: Paths, mode: StackMode): string {
  const { text } = readGatewaySettings(paths);
  const settings = parseSettings(text);
  // What is no such object stays as it is: the gateway says what is wrong with it.
  if (settings === undefined) return text;
  const added = {
    ...addedProxies(settings, paths, mode),
    ...addedApp(settings, paths),
  };
  if (Object.keys(added).length === 0) return text;
  return `${JSON.stringify({ ...settings, ...added }, null, 2)}\n`;
}

type PartialSettings = Partial<Pick<GatewayConfig, "apps" | "trustedProxies">>;

function addedApp({ apps = [] }: PartialSettings, paths: Paths): PartialSettings {
  const example = readExampleApp(paths);
  if (example === undefined) return {};
  // Who applied the example's own sightline.yaml has said what its page may do.
  const isThere = apps.some(
    ({ serviceName, keys }) =>
      serviceName === example.serviceName || keys.some((key) => example.keys.includes(key)),
  );
  return isThere ? {} : { apps: [...apps, example] };
}

/** Compose gives its networks addresses out of these; nobody outside can come from one. */
const PRIVATE_NETWORKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

function addedProxies(
  { trustedProxies }: PartialSettings,
  paths: Paths,
  mode: StackMode,
): PartialSettings {
  if (mode === "embedded" || trustedProxies !== undefined) return {};
  const isProcess = readSpec(paths.spec)?.servers.some(({ name }) => name === "gateway");
  return isProcess ? {} : { trustedProxies: PRIVATE_NETWORKS };
}

function parseSettings(text: string): PartialSettings | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isSettings = typeof value === "object" && value !== null && !Array.isArray(value);
    const { apps } = (isSettings ? value : {}) as { readonly apps?: unknown };
    return isSettings && (apps === undefined || isApps(apps)) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isApps(value: unknown): boolean {
  return Array.isArray(value) && value.every((app) => Array.isArray(app?.keys));
}

export function gatewaySettingsPath(paths: Paths, mode: StackMode): string {
  return join(mode === "docker" ? paths.containerConfig : paths.config, GATEWAY_FILE);
}

/** A running gateway sees by itself that the file is another one, and reads it. */
export function renderGatewaySettings(paths: Paths, mode: StackMode): void {
  const path = gatewaySettingsPath(paths, mode);
  const text = gatewaySettingsText(paths, mode);
  if (mode === "embedded") {
    writeIfChanged(path, text, paths.stack);
    return;
  }
  // The container's user is another one; the data directory above keeps others out.
  makeDirectory(dirname(path));
  for (const folder of [dirname(dirname(path)), dirname(path)]) chmodSync(folder, 0o755);
  writeIfChanged(path, text, paths.stack, 0o644);
  shareMaps(paths);
}

/** The user of the image. */
const GATEWAY_UID = 10_001;

/** Whom the gateway's container runs as: maps are files of mode 0600, with one reader. */
export function gatewayUid(): number {
  return process.getuid?.() || GATEWAY_UID;
}

/** Made here: Docker would make a folder of root's. What root has stored is given to the container. */
function shareMaps(paths: Paths): void {
  const maps = join(paths.data, DATA_FOLDER.maps);
  makeDirectory(maps);
  if (process.getuid?.() !== 0) return;
  lchownSync(maps, GATEWAY_UID, GATEWAY_UID);
  for (const entry of readdirSync(maps, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), GATEWAY_UID, GATEWAY_UID);
  }
}
