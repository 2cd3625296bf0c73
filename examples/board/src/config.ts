import { join } from "node:path";

const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface BoardConfig {
  /** 0 lets the system choose; the chosen one is in the "board is listening" line. */
  readonly port: number;
  readonly host: string;
  /** Path of the SQLite file; `:memory:` keeps nothing. */
  readonly dataFile: string;
  readonly logLevel: LogLevel;
  /** Whether POST /debug/crash and POST /debug/block answer. */
  readonly allowDebug: boolean;
  /** Where the page sends what happens in it; undefined: nowhere. */
  readonly gateway: PageGateway | undefined;
  /** Fixes the order in which the weather service is slow, failing or silent. */
  readonly thirdPartySeed: number;
}

export interface PageGateway {
  /** Address without a slash at its end: `http://127.0.0.1:8717`. */
  readonly url: string;
  /** The app's public key. */
  readonly key: string;
}

interface ConfigFault {
  readonly variable: string;
  readonly message: string;
}

export type ConfigResult =
  | { readonly status: "ok"; readonly config: BoardConfig }
  | { readonly status: "invalid"; readonly faults: readonly ConfigFault[] };

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);
const DEFAULT_DATA_FILE: string = join(import.meta.dirname, "..", "data", "board.db");

/** Reads the environment. All wrong values are reported together. */
export function parseConfig(env: NodeJS.ProcessEnv): ConfigResult {
  const faults: ConfigFault[] = [];
  const host = env["BOARD_HOST"] || "127.0.0.1";
  const config: BoardConfig = {
    port: parseWhole(env, "SIGHTLINE_PORT_BOARD", 8700, 65_535, faults),
    host,
    dataFile: env["BOARD_DATA"] || DEFAULT_DATA_FILE,
    logLevel: parseLogLevel(env, faults),
    allowDebug: parseSwitch(env, "BOARD_ALLOW_CRASH", LOOPBACK_HOSTS.has(host), faults),
    gateway: parseGateway(env, faults),
    thirdPartySeed: parseWhole(env, "BOARD_SEED", 1, 2 ** 31, faults),
  };
  return faults.length === 0 ? { status: "ok", config } : { status: "invalid", faults };
}

function parseGateway(env: NodeJS.ProcessEnv, faults: ConfigFault[]): PageGateway | undefined {
  const url = env["BOARD_GATEWAY_URL"];
  if (url === undefined || url === "") return undefined;
  const key = env["BOARD_GATEWAY_KEY"] ?? "";
  if (!/^https?:\/\/[^\s"';,]+$/.test(url) || !URL.canParse(url)) {
    const message = `BOARD_GATEWAY_URL="${url}": expected an address such as http://127.0.0.1:8717`;
    faults.push({ variable: "BOARD_GATEWAY_URL", message });
  }
  if (!/^[\w-]{8,64}$/.test(key)) {
    const message = `BOARD_GATEWAY_KEY="${key}": expected the key of the page, 8 to 64 letters, digits, _ or -`;
    faults.push({ variable: "BOARD_GATEWAY_KEY", message });
  }
  return { url: url.replace(/\/+$/, ""), key };
}

function parseWhole(
  env: NodeJS.ProcessEnv,
  variable: string,
  fallback: number,
  max: number,
  faults: ConfigFault[],
): number {
  const text = env[variable];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= max) return value;
  faults.push({
    variable,
    message: `${variable}="${text}": expected a whole number from 0 to ${max}; unset it to use ${fallback}`,
  });
  return fallback;
}

function parseSwitch(
  env: NodeJS.ProcessEnv,
  variable: string,
  fallback: boolean,
  faults: ConfigFault[],
): boolean {
  const text = env[variable];
  if (text === undefined || text === "") return fallback;
  if (text === "1" || text === "0") return text === "1";
  faults.push({ variable, message: `${variable}="${text}": expected 1 or 0` });
  return fallback;
}

function parseLogLevel(env: NodeJS.ProcessEnv, faults: ConfigFault[]): LogLevel {
  const text = env["LOG_LEVEL"] || "info";
  const level = LOG_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  faults.push({
    variable: "LOG_LEVEL",
    message: `LOG_LEVEL="${text}": expected one of ${LOG_LEVELS.join(", ")}`,
  });
  return "info";
}
