import {
  GATEWAY_APP_DEFAULTS,
  GATEWAY_DEFAULTS,
  type GatewayApp,
  type GatewayConfig,
} from "@sightline/core";
import { keysOfApp } from "../../spec/app-keys.ts";
import type { AppSpec } from "../../spec/schema/apps.ts";
import type { Spec } from "../../spec/schema/spec.ts";
import { given, type Settings } from "./settings.ts";

/** What the specification says of the gateway and its apps. */
export function gatewaySettings(
  { gateway, apps }: Pick<Spec, "gateway" | "apps">,
  environment: string | undefined,
): Settings<GatewayConfig> {
  const { spool, redaction } = gateway;
  return {
    version: GATEWAY_DEFAULTS.version,
    roles: gateway.roles,
    environment: gateway.environment ?? environment,
    hostName: gateway.host_name,
    port: gateway.port,
    otlpUrl: gateway.otlp_url,
    otlpHeaders: gateway.otlp_headers,
    apps: apps.length === 0 ? undefined : apps.map(toApp),
    maxBodyBytes: gateway.max_body_size,
    maxInflatedBytes: gateway.max_inflated_size,
    maxDepth: gateway.max_depth,
    trustedProxies: gateway.trusted_proxies,
    redaction:
      redaction &&
      given<GatewayConfig["redaction"]>({
        allowCategories: redaction.allow_categories,
        denyPatterns: redaction.deny_patterns,
      }),
    spool:
      spool && given<GatewayConfig["spool"]>({ folder: spool.folder, maxBytes: spool.max_size }),
    mapsFolder: gateway.maps_folder,
    maxMapCacheBytes: gateway.map_cache_size,
  };
}

/** Whole, so that a file shows what each app may do. */
function toApp(app: AppSpec): GatewayApp {
  const { limits = {} } = app;
  const defaults = GATEWAY_APP_DEFAULTS;
  return {
    serviceName: app.name,
    keys: keysOfApp(app).map(({ key }) => key),
    origins: app.origins,
    enabled: app.enabled ?? defaults.enabled,
    maxRequestsPerMinute: limits.requests_per_minute ?? defaults.maxRequestsPerMinute,
    maxBytesPerMinute: limits.size_per_minute ?? defaults.maxBytesPerMinute,
    maxSameErrorsPerMinute: limits.same_errors_per_minute ?? defaults.maxSameErrorsPerMinute,
    routes: app.routes ?? defaults.routes,
  };
}
