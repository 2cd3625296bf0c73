import type { NodeConfig } from "../config/node-config.ts";
import { readHostFacts } from "../config/read-host-facts.ts";
import { resolveConfig } from "../config/resolve-config.ts";
import type { StartOptions } from "../config/start-options.ts";
import type { WinstonFormat } from "../winston/logger-class.ts";

/** What every transport of winston takes, and the options of `start()` that lines need. */
export type SightlineTransportOptions = Pick<
  StartOptions,
  | "serviceName"
  | "serviceVersion"
  | "environment"
  | "resourceAttributes"
  | "endpoint"
  | "headers"
  | "compression"
  | "exportTimeoutMillis"
  | "spoolDirectory"
  | "spoolMaxBytes"
  | "maxMemoryBytes"
  | "redaction"
  | "flushTimeoutMillis"
  | "disabled"
> & {
  /** Least severe level that is sent. Default: the logger's. */
  level?: string | undefined;
  /** Sends nothing while true. Default: false. */
  silent?: boolean | undefined;
  /** Runs on a copy of each line, after the logger's own format. */
  format?: WinstonFormat | undefined;
  /** Takes the lines of winston's exception handler. Default: false. */
  handleExceptions?: boolean | undefined;
  /** Takes the lines of winston's rejection handler. Default: false. */
  handleRejections?: boolean | undefined;
};

/** @throws Error that names every fault of the options at once. */
export function resolveTransportConfig(options: SightlineTransportOptions): NodeConfig {
  const { level, silent, format, handleExceptions, handleRejections, ...rest } = options;
  const { config, faults, warnings } = resolveConfig({
    options: rest,
    env: process.env,
    facts: readHostFacts(),
  });
  if (faults.length > 0) {
    const list = faults.map((fault) => `\n  - ${fault}`).join("");
    throw new Error(`SightlineTransport: cannot start with these options:${list}`);
  }
  for (const warning of warnings) process.stderr.write(`sightline: ${warning}\n`);
  return config;
}
