import { expect, it } from "vitest";
import { chooseDatabases } from "../../src/databases/database-names.ts";
import { keyOfFile, moduleKeys, packageOfKey } from "../../src/databases/module-key.ts";
import { poolName } from "../../src/databases/pools/pool-name.ts";
import { isInRange } from "../../src/databases/version-range.ts";

it.each([
  ["pg", "/app/server.js", "pg"],
  ["./client", "/app/node_modules/pg/lib/index.js", "pg/lib/client"],
  [
    "../client",
    "/a/node_modules/x/node_modules/@redis/client/dist/lib/cluster/index.js",
    "@redis/client/dist/lib/client",
  ],
  ["/app/node_modules/.pnpm/pg@8.1.0/node_modules/pg/lib/index.js", undefined, "pg/lib/index.js"],
])("names the module of require(%j) in %s", (id, parent, key) => {
  expect(moduleKeys(id, parent)[0]).toBe(key);
});

it("names no module of the application, and reads the paths of Windows", () => {
  expect(moduleKeys("./pg/lib/client.js", "/app/server.js")).toEqual([]);
  expect(moduleKeys("./client", undefined)).toEqual([]);
  expect(keyOfFile("C:\\app\\node_modules\\pg\\lib\\client.js")).toBe("pg/lib/client.js");
  expect(packageOfKey("@redis/client/dist/lib/client/index.js")).toBe("@redis/client");
});

it.each([
  ["8.23.1", ">=8.0.3 <9", true],
  ["9.0.0", ">=8.0.3 <9", false],
  ["8.0.2", ">=8.0.3 <9", false],
  ["6.3.1", "^6.0.0", true],
  ["7.0.0", "^6.0.0", false],
  ["6.0.0-beta.1", "^6.0.0", true],
  ["not a version", "^6.0.0", false],
  [undefined, "^6.0.0", false],
  [undefined, "*", true],
])("version %s in %s: %s", (version, range, isIn) => {
  expect(isInRange(version, range)).toBe(isIn);
});

it("chooses databases as OpenTelemetry's variables say, and skips the names of others", () => {
  expect(chooseDatabases(undefined, "")).toContain("knex");
  expect(chooseDatabases("http, pg ,redis", "redis")).toEqual(["pg"]);
  expect(chooseDatabases("http", undefined)).toEqual([]);
});

it("names a pool by server and database, never by user or password", () => {
  expect(poolName({ connectionString: "postgres://ada:hunter2@db.example:6432/shop" }, 5432)).toBe(
    "db.example:6432/shop",
  );
  expect(poolName({ host: "db", database: "shop" }, 5432)).toBe("db:5432/shop");
  expect(poolName({}, 3306)).toBe("localhost:3306");
  expect(poolName({ filename: "/data/shop.sqlite" }, undefined)).toBe(
    "localhost//data/shop.sqlite",
  );
  expect(poolName({ connectionString: "not a url", host: { odd: true } }, 5432)).toBe(
    "localhost:5432",
  );
});
