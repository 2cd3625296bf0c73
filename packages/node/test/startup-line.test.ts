import { expect, it } from "vitest";
import { resolveConfig } from "../src/config/resolve-config.ts";
import { namePackages } from "../src/loaded-packages.ts";
import { formatStartupLine } from "../src/startup-line.ts";

it("finds packages by the folders of loaded modules, nested ones too", () => {
  expect(
    namePackages([
      "/app/node_modules/winston/lib/winston.js",
      "/app/node_modules/.pnpm/pg@8.1.0/node_modules/pg/lib/index.js",
      "C:\\app\\node_modules\\pino\\pino.js",
      "/app/node_modules/other/node_modules/redis/index.js",
      "/app/node_modules/pg-pool/index.js",
      "/app/node_modules/@scope/knex/index.js",
      "/app/src/mysql2/index.js",
    ]),
  ).toEqual(["winston", "pino", "pg", "redis"]);
});

it.each([
  [200, "the endpoint answers"],
  [403, "the endpoint refuses the credentials (403): check the headers"],
  [404, "the endpoint answers 404, which no OTLP receiver should: check the address"],
  [429, "the endpoint is not ready (429), signals wait in /data/spool/shop"],
  [503, "the endpoint is not ready (503), signals wait in /data/spool/shop"],
])("says of an endpoint that answers %i what that means", (statusCode, expected) => {
  const { config } = resolveConfig({
    options: { serviceName: "shop" },
    env: { SIGHTLINE_DATA: "/data" },
    facts: {
      packageName: undefined,
      packageVersion: undefined,
      hostname: "vm-1",
      isContainer: false,
      homeDirectory: "/home/ops",
      instanceId: "instance-1",
      distroVersion: "0.1.0",
    },
  });
  expect(formatStartupLine(config, { status: "answered", statusCode }, [])).toBe(
    `sightline: shop → http://127.0.0.1:4318: logs otlp, metrics every 15 s, traces 10 %; ${expected}`,
  );
});
