import { createRedactor, type Redactor } from "@sightline/core";
import type { DeliveryOptions } from "@sightline/wire";
import type { NodeConfig } from "./config/node-config.ts";
import { SDK_VERSION } from "./version.ts";

/**
 * Longest text of one field, and of all fields of a line, that secrets are looked for in, in
 * characters: a field is cut to less than that afterwards, and a giant one must not hold the host up.
 */
export const FIELD_LIMITS = { maxValueTextLength: 8_192, maxValueLength: 131_072 } as const;

export function deliveryOptionsOf(config: NodeConfig): DeliveryOptions {
  return {
    endpoint: config.endpoint,
    endpoints: config.endpoints,
    headers: config.headers,
    compression: config.compression,
    timeoutMillis: config.exportTimeoutMillis,
    maxMemoryBytes: config.maxMemoryBytes,
    spool: config.spool,
    userAgent: `sightline-node/${SDK_VERSION}`,
  };
}

export function createRedactorOf({ redaction }: NodeConfig): Redactor {
  return createRedactor({ ...FIELD_LIMITS, ...redaction, removeTerminalCodes: true });
}
