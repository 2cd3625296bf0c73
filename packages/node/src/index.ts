export type { HostFacts, NodeConfig, SamplerConfig, SpoolConfig } from "./config/node-config.ts";
export type { StartOptions } from "./config/start-options.ts";
export { setRoute } from "./http/route.ts";
export { exportRegistry } from "./prom-client/export-registry.ts";
export type { Sightline } from "./sightline.ts";
export { flush, shutdown, start } from "./start.ts";
export { type IdentifyOptions, identify, withUser } from "./users/identify.ts";
export type { UserId } from "./users/user-id.ts";
export { captureWinston } from "./winston/capture-winston.ts";
