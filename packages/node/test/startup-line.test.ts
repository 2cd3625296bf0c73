import { expect, it } from "vitest";
import { namePackages } from "../src/loaded-packages.ts";

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
