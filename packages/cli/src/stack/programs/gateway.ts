import { resolve } from "node:path";
import { DATA_FOLDER, ENV, GATEWAY_LIVE_SETTINGS } from "@sightline/core";
import type { Context } from "../../context.ts";
import { gatewaySettingsPath } from "../gateway-settings.ts";
import { type NodeProgram, parseObject, readSettingsText } from "../node-program.ts";
import type { StackMode } from "../spec.ts";
import { readUserSecret } from "../user-secret.ts";

export const gatewayProgram: NodeProgram = {
  name: "gateway",
  title: "the gateway (browsers)",
  packageName: "@sightline/gateway",
  modeVariable: ENV.gateway,
  // Caddy is a container, and does not reach what listens on 127.0.0.1 of the host.
  defaultMode: ({ io }, mode) =>
    mode === "docker" && io.env[ENV.domain] ? "container" : "process",
  absence: "no page in a browser can send",
  folder: DATA_FOLDER.gateway,
  env: (context, mode) => {
    const userSecret = readUserSecret(context);
    return {
      // What beacons leave behind is collected sooner: a third less memory under load, no slower.
      NODE_OPTIONS: "--max-semi-space-size=16",
      [ENV.gatewayConfig]: gatewayConfigPath(context, mode),
      ...(userSecret && { [ENV.userSecret]: userSecret }),
    };
  },
  restartsFor: (context, mode) =>
    withoutLiveSettings(readSettingsText(gatewayConfigPath(context, mode))),
  parseNotes: parseGatewayNotes,
};

/** The user's own file, else the one that `up` and `apply` write. The gateway reads it again when it changes. */
export function gatewayConfigPath({ io, paths }: Context, mode: StackMode): string {
  const given = io.env[ENV.gatewayConfig];
  return given ? resolve(given) : gatewaySettingsPath(paths, mode);
}

function withoutLiveSettings(text: string): string {
  const entries = Object.entries(parseObject(text)).filter(
    ([key]) => !GATEWAY_LIVE_SETTINGS.has(key),
  );
  return JSON.stringify(entries.sort());
}

/** The parts of the gateway's `/healthz` that people want to know of. */
interface GatewayHealth {
  readonly config?: { readonly faults?: unknown; readonly waiting?: unknown };
  readonly spool?: { readonly lastError?: unknown; readonly waitingRecords?: unknown };
}

export function parseGatewayNotes(body: string): readonly string[] {
  const health = parseObject(body) as GatewayHealth;
  const notes: string[] = [];
  const { faults, waiting } = health.config ?? {};
  if (Array.isArray(faults) && faults.length > 0) {
    notes.push(
      `it goes on with its earlier settings, because the new ones are wrong: ${faults[0]}`,
    );
  }
  if (Array.isArray(waiting) && waiting.length > 0) {
    notes.push(`${waiting.join(", ")} changed, and it takes that when it starts again`);
  }
  const { lastError, waitingRecords } = health.spool ?? {};
  if (typeof lastError === "string") {
    notes.push(
      `the collector does not take its records: ${lastError}; ${Number(waitingRecords) || 0} wait on disk`,
    );
  }
  return notes;
}
