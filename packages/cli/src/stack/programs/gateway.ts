import { resolve } from "node:path";
import { DATA_FOLDER, ENV } from "@sightline/core";
import type { Context } from "../../context.ts";
import { gatewaySettingsPath } from "../gateway-settings.ts";
import { type NodeProgram, parseHealth } from "../node-program.ts";
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
      [ENV.gatewayConfig]: gatewayConfigPath(context, mode),
      ...(userSecret && { [ENV.userSecret]: userSecret }),
    };
  },
  parseNotes: parseGatewayNotes,
};

/** The user's own file, else the one that `up` and `apply` write. The gateway reads it again when it changes. */
export function gatewayConfigPath({ io, paths }: Context, mode: StackMode): string {
  const given = io.env[ENV.gatewayConfig];
  return given ? resolve(given) : gatewaySettingsPath(paths, mode);
}

/** The parts of the gateway's `/healthz` that people want to know of. */
interface GatewayHealth {
  readonly config?: { readonly faults?: unknown };
  readonly spool?: { readonly lastError?: unknown; readonly waitingRecords?: unknown };
}

export function parseGatewayNotes(body: string): readonly string[] {
  const health = parseHealth(body) as GatewayHealth;
  const notes: string[] = [];
  const faults = health.config?.faults;
  if (Array.isArray(faults) && faults.length > 0) {
    notes.push(
      `it goes on with its earlier settings, because the new ones are wrong: ${faults[0]}`,
    );
  }
  const { lastError, waitingRecords } = health.spool ?? {};
  if (typeof lastError === "string") {
    notes.push(
      `the collector does not take its records: ${lastError}; ${Number(waitingRecords) || 0} wait on disk`,
    );
  }
  return notes;
}
