import { BlockList } from "node:net";
import {
  GATEWAY_ROLES,
  type GatewayApp,
  type GatewayConfig,
  type GatewayRedactionConfig,
  REDACTION_CATEGORIES,
  type SpoolConfig,
} from "@sightline/core";
import { isServiceName } from "@sightline/source-maps";
import {
  absolutePath,
  accepted,
  flag,
  headers,
  isText,
  list,
  type ObjectField,
  type ObjectProblem,
  object,
  oneOf,
  otlpUrl,
  pattern,
  port,
  text,
  type ValueField,
  value,
  whole,
} from "@sightline/wire/config";
import { addNetwork } from "../limits/networks.ts";
import { findOriginFault } from "./find-origin-fault.ts";

const MAX_APPS = 1_000;
const MAX_ITEMS = 1_000;

/** Every setting of `gateway.json`: what it takes, in words and as a test. */
export const GATEWAY_FIELDS: ObjectField = object<GatewayConfig>(
  {
    version: accepted("1, the version that this gateway reads", (given) => given === 1),
    roles: list(oneOf(GATEWAY_ROLES), GATEWAY_ROLES.length),
    environment: text(),
    hostName: text("a host's name of 1 to 255 characters"),
    port: port(),
    otlpUrl: otlpUrl(),
    otlpHeaders: headers(),
    apps: list(
      object<GatewayApp>(
        {
          serviceName: serviceName(),
          keys: list(key(), 100),
          origins: list(origin(), MAX_ITEMS),
          enabled: flag(),
          maxRequestsPerMinute: whole(1, 1_000_000, "requests"),
          maxBytesPerMinute: whole(1_024, 1_099_511_627_776, "bytes"),
          maxSameErrorsPerMinute: whole(1, 1_000_000, "errors"),
          routes: list(route(), MAX_ITEMS),
        },
        ["serviceName", "keys"],
      ),
      MAX_APPS,
      "serviceName",
    ),
    maxBodyBytes: whole(1_024, 16_777_216, "bytes"),
    maxInflatedBytes: whole(1_024, 67_108_864, "bytes"),
    maxDepth: whole(1, 64, "levels"),
    trustedProxies: list(network(), MAX_ITEMS),
    redaction: object<GatewayRedactionConfig>({
      allowCategories: list(oneOf(REDACTION_CATEGORIES), REDACTION_CATEGORIES.length),
      denyPatterns: list(pattern(), 100),
    }),
    spool: object<SpoolConfig>({
      folder: absolutePath('an absolute path, such as "/var/lib/sightline/gateway"'),
      maxBytes: whole(1_048_576, 1_099_511_627_776, "bytes"),
    }),
    mapsFolder: absolutePath('an absolute path, such as "/var/lib/sightline/maps"'),
    maxMapCacheBytes: whole(1_048_576, 17_179_869_184, "bytes"),
  },
  [],
  findDoubleKeys,
);

function serviceName(): ValueField {
  return accepted(
    'a name of lower-case letters, digits, ".", "_" and "-", such as "shop-web"',
    // It is the folder of its maps, too.
    (given) => typeof given === "string" && isServiceName(given),
  );
}

function key(): ValueField {
  return accepted(
    'a public key of 8 to 64 letters, digits, "_" and "-"',
    (given) => typeof given === "string" && /^[A-Za-z0-9_-]{8,64}$/.test(given),
  );
}

function origin(): ValueField {
  return value('an origin, such as "https://app.example.com"', (given) => {
    if (typeof given !== "string") return "wrong";
    const why = findOriginFault(given);
    return why === undefined ? undefined : { why };
  });
}

function route(): ValueField {
  return accepted(
    'a page\'s route, such as "/orders/:id"',
    (given) => isText(given) && /^\/[^?#\s]{0,1000}$/.test(given),
  );
}

function network(): ValueField {
  return accepted(
    'an address or a network, such as "10.0.0.1" or "10.0.0.0/8"',
    (given) => typeof given === "string" && addNetwork(new BlockList(), given),
  );
}

/** A key says whose data it is, so it can be one app's only. */
function findDoubleKeys(given: Readonly<Record<string, unknown>>): readonly ObjectProblem[] {
  const owners = new Map<string, string>();
  const problems: ObjectProblem[] = [];
  for (const { serviceName, keys } of (given as Partial<GatewayConfig>).apps ?? []) {
    for (const each of keys) {
      const owner = owners.get(each);
      if (owner === undefined) owners.set(each, serviceName);
      else {
        const message = `the key "${each}" of "${serviceName}" is "${owner}"'s already; expected each key once`;
        problems.push({ key: "apps", message });
      }
    }
  }
  return problems;
}
