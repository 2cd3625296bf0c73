import { isDeepStrictEqual } from "node:util";
import { GATEWAY_LIVE_SETTINGS, type GatewayConfig } from "@sightline/core";
import { formatFault } from "@sightline/wire/config";
import { type DoorSettings, toDoorSettings } from "./door-settings.ts";
import type { GatewayConfigResult } from "./read-config.ts";

/** The configuration that is in use, and what became of the newest attempt to replace it. */
export interface LiveConfig {
  settings(): DoorSettings;
  /** Reads it again. With a fault in it the one in use stays, and the log says so. */
  reload(): void;
  state(): ConfigState;
}

export interface ConfigState {
  readonly status: "ok" | "faults";
  /** When the one in use was read, Unix milliseconds. */
  readonly readAtMillis: number;
  readonly faults: readonly string[];
  /** Settings whose new value waits for a restart. */
  readonly waiting: readonly string[];
}

export interface LiveConfigOptions {
  readonly config: GatewayConfig;
  read(): GatewayConfigResult;
  now(): number;
  log(text: string): void;
}

export function createLiveConfig({ config, read, now, log }: LiveConfigOptions): LiveConfig {
  let settings = toDoorSettings(config);
  let state: ConfigState = { status: "ok", readAtMillis: now(), faults: [], waiting: [] };

  return {
    settings: () => settings,
    state: () => state,
    reload() {
      const result = read();
      if (result.status === "faults") {
        const faults = result.faults.map(formatFault);
        state = { ...state, status: "faults", faults };
        for (const fault of faults) log(fault);
        log("the new settings have faults: those from before stay in use");
        return;
      }
      settings = toDoorSettings(result.config);
      const waiting = findWaiting(config, result.config);
      state = { status: "ok", readAtMillis: now(), faults: [], waiting };
      const { length } = result.config.apps;
      log(`settings read again: ${length} ${length === 1 ? "app" : "apps"}`);
      if (waiting.length > 0) log(`changed, and taken at the next start: ${waiting.join(", ")}`);
    },
  };
}

function findWaiting(before: GatewayConfig, after: GatewayConfig): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<
    keyof GatewayConfig
  >;
  return [...names].filter(
    (name) => !GATEWAY_LIVE_SETTINGS.has(name) && !isDeepStrictEqual(before[name], after[name]),
  );
}
