import { BlockList } from "node:net";
import type { GatewayApp, GatewayConfig } from "@sightline/core";
import { addNetwork } from "../limits/networks.ts";

/** What of the configuration changes while the gateway runs, in the shape in which it is asked for. */
export interface DoorSettings {
  readonly apps: ReadonlyMap<string, GatewayApp>;
  readonly maxBodyBytes: number;
  readonly maxInflatedBytes: number;
  readonly maxDepth: number;
  /** Whose `X-Forwarded-For` is believed. */
  readonly trusted: BlockList;
}

const LOOPBACK = ["127.0.0.0/8", "::1"];

export function toDoorSettings(config: GatewayConfig): DoorSettings {
  const trusted = new BlockList();
  for (const network of [...LOOPBACK, ...config.trustedProxies]) addNetwork(trusted, network);
  const takesPayloads = config.roles.includes("intake");
  const keys = config.apps.flatMap((app) => app.keys.map((key) => [key, app] as const));
  const { maxBodyBytes, maxInflatedBytes, maxDepth } = config;
  const apps = new Map(takesPayloads ? keys : []);
  return { apps, maxBodyBytes, maxInflatedBytes, maxDepth, trusted };
}
