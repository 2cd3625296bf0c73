import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMariadb, whyNoMariadb } from "../../../../test/harness/mariadb.ts";
import { startPostgres, whyNoPostgres } from "../../../../test/harness/postgres.ts";
import { startRedis, whyNoRedis } from "../../../../test/harness/redis.ts";
import type { TempServer } from "../../../../test/harness/temp-server.ts";
import { makeNpmProject } from "../support/npm-project.ts";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

/** Near the oldest that the README names, and for redis the last of a line that is built otherwise. */
const DRIVERS = ["pg@8.0.3", "mysql2@2.3.3", "redis@4.7.1", "ioredis@4.28.5"];

const bed = useReceiverBed();
const project = makeNpmProject([...DRIVERS, "winston@3.19.0", "@opentelemetry/api@1.10.0"]);
afterAll(() => project.remove());

const ROWS = [
  {
    driver: "pg",
    script: "pg.mjs",
    start: startPostgres,
    why: whyNoPostgres,
    span: "SELECT postgres",
  },
  {
    driver: "mysql2",
    script: "mysql2.mjs",
    start: startMariadb,
    why: whyNoMariadb,
    span: "SELECT test",
  },
  { driver: "redis", script: "redis.mjs", start: startRedis, why: whyNoRedis, span: "SET" },
  { driver: "ioredis", script: "ioredis.cjs", start: startRedis, why: whyNoRedis, span: "SET" },
];

for (const { driver, script, start, why, span } of ROWS) {
  const name = DRIVERS.find((candidate) => candidate.startsWith(`${driver}@`));
  const reason = project.problem ?? why;
  describe.skipIf(reason !== undefined)(
    `${name}${reason === undefined ? "" : ` (${reason})`}`,
    () => {
      let server: TempServer;
      beforeAll(async () => {
        server = await start();
      }, 60_000);
      afterAll(() => server?.stop());

      it("gets spans below those of a request, and durations", async () => {
        const end = await runApp(project.add(`databases/${script}`), {
          endpoint: bed.receiver.endpoint,
          dataDirectory: bed.data.path,
          nodeArgs: ["--import", import.meta.resolve("@sightline/node/register")],
          env: { DB_PORT: `${server.port}` },
        }).ended;

        expect(end).toMatchObject({ code: 0 });
        const parents = new Set(bed.receiver.spans.map(({ spanId }) => spanId));
        const spans = bed.receiver.spans.filter((candidate) => candidate.name === span);
        expect(spans.length).toBeGreaterThan(0);
        expect(spans.every(({ parentSpanId }) => parents.has(parentSpanId))).toBe(true);
        const operation = span.split(" ")[0];
        const point = bed.receiver.point("db.client.operation.duration", {
          "db.operation.name": operation,
        });
        expect(point?.count).toBeGreaterThanOrEqual(spans.length);
      });
    },
  );
}
