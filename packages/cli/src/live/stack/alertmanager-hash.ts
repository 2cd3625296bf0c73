import { createHash } from "node:crypto";

/**
 * `alertmanager_config_hash`: the first 48 bits of the MD5 of alertmanager.yml as a number
 * (md5HashAsMetricValue in alertmanager/config/coordinator.go). So a server says exactly which text
 * it has loaded, without giving it away.
 */
export function alertmanagerHash(text: string): number {
  return createHash("md5").update(text).digest().readUIntLE(0, 6);
}
