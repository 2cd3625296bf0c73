import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMariadb, whyNoMariadb } from "../../../../test/harness/mariadb.ts";
import { startPostgres, whyNoPostgres } from "../../../../test/harness/postgres.ts";
import { startRedis, whyNoRedis } from "../../../../test/harness/redis.ts";
import type { TempServer } from "../../../../test/harness/temp-server.ts";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

const DURATION = "db.client.operation.duration";
const WAIT = "db.client.connection.wait_time";
const COUNT = "db.client.connection.count";
const CLIENT = 3;

const bed = useReceiverBed();

const REGISTER = ["--import", "@sightline/node/register"];

async function run(
  script: string,
  server: TempServer,
  env: Record<string, string> = {},
  nodeArgs: readonly string[] = REGISTER,
) {
  const end = await runApp(`databases/${script}`, {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs,
    env: { DB_PORT: `${server.port}`, ...env },
  }).ended;
  expect(end).toMatchObject({ code: 0 });
  expect(JSON.stringify(bed.receiver.bodies.map(String))).not.toMatch(
    /ada@|grace@|hunter2|session:ada|secret value/,
  );
  return end;
}

function databaseSpans() {
  return bed.receiver.spans.filter(({ attributes }) => "db.system.name" in attributes);
}

function names(): string[] {
  return databaseSpans().map(({ name }) => name);
}

function titled(name: string, reason: string | undefined): string {
  return reason === undefined ? name : `${name} (${reason})`;
}

describe.skipIf(whyNoPostgres !== undefined)(titled("PostgreSQL", whyNoPostgres), () => {
  let server: TempServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.stop());

  it("gets a span for each query of a request, with the statement and without its values", async () => {
    await run("pg.mjs", server);

    const first = bed.receiver.spans.find(({ name }) => name === "first");
    const ofFirst = databaseSpans().filter(({ traceId }) => traceId === first?.traceId);
    expect(ofFirst.map(({ name }) => name)).toEqual([
      "INSERT postgres",
      "SELECT postgres",
      "INSERT postgres",
    ]);
    expect(ofFirst[1]).toMatchObject({
      kind: CLIENT,
      parentSpanId: first?.spanId,
      isError: false,
      attributes: {
        "db.system.name": "postgresql",
        "db.namespace": "postgres",
        "db.operation.name": "SELECT",
        "db.query.text": "SELECT * FROM users WHERE email = ? AND id IN (?)",
        "server.address": "127.0.0.1",
        "server.port": server.port,
      },
    });
    expect(ofFirst[2]).toMatchObject({ isError: true, attributes: { "error.type": "23505" } });
    // CREATE TABLE had no request around it: it is measured, and makes no trace of its own.
    expect(names()).not.toContain("CREATE postgres");
    expect(bed.receiver.point(DURATION, { "db.operation.name": "CREATE" })?.count).toBe(1);
    expect(bed.receiver.point(DURATION, { "error.type": "23505" })?.attributes).toEqual({
      "db.system.name": "postgresql",
      "db.namespace": "postgres",
      "db.operation.name": "INSERT",
      "server.address": "127.0.0.1",
      "server.port": server.port,
      "error.type": "23505",
    });
  });

  it("tells how long a pool let wait, and lets who waited go on in its own trace", async () => {
    await run("pg.mjs", server);

    const pool = { "db.client.connection.pool.name": `127.0.0.1:${server.port}/postgres` };
    // Six queries and one connect.
    expect(bed.receiver.point(WAIT, pool)).toMatchObject({ count: 7, unit: "s" });
    expect(bed.receiver.point(WAIT, pool)?.value).toBeGreaterThan(0.04);
    expect(
      bed.receiver.point(COUNT, { ...pool, "db.client.connection.state": "idle" })?.value,
    ).toBe(1);
    expect(
      bed.receiver.point(COUNT, { ...pool, "db.client.connection.state": "used" })?.value,
    ).toBe(0);
    expect(bed.receiver.point("db.client.connection.max", pool)?.value).toBe(1);
    expect(bed.receiver.point("db.client.connection.pending_requests", pool)?.value).toBe(0);
    const waiter = bed.receiver.spans.find(({ name }) => name === "waiter");
    expect(bed.receiver.logs.find(({ body }) => body === "woken")?.traceId).toBe(waiter?.traceId);
    expect(databaseSpans().at(-1)).toMatchObject({ parentSpanId: waiter?.spanId });
  });

  it("gets the waits for a pool of knex", async () => {
    await run("knex.mjs", server);

    const pool = { "db.client.connection.pool.name": `127.0.0.1:${server.port}` };
    expect(bed.receiver.point(WAIT, pool)?.count).toBe(4);
    expect(bed.receiver.point("db.client.connection.max", pool)?.value).toBe(2);
    const texts = databaseSpans().map(({ attributes }) => attributes["db.query.text"]);
    expect(texts.filter((text) => text === "SELECT pg_sleep(?), $1::int")).toHaveLength(4);
  });

  it("is measured where traces are off", async () => {
    await run("pg.mjs", server, { OTEL_TRACES_EXPORTER: "none" });

    expect(bed.receiver.spans).toEqual([]);
    expect(bed.receiver.point(DURATION, { "db.operation.name": "SELECT" })?.count).toBe(3);
    expect(bed.receiver.point(WAIT)?.count).toBe(7);
  });

  it("is measured whole where the trace is not kept", async () => {
    await run("pg.mjs", server, { OTEL_TRACES_SAMPLER: "always_off" });

    expect(bed.receiver.spans).toEqual([]);
    expect(bed.receiver.point(DURATION, { "db.operation.name": "SELECT" })?.count).toBe(3);
  });

  it.each([
    ["named as disabled", { OTEL_NODE_DISABLED_INSTRUMENTATIONS: "fs,pg" }],
    ["not among the enabled", { OTEL_NODE_ENABLED_INSTRUMENTATIONS: "redis" }],
  ])("is left alone where it is %s", async (_title, env) => {
    await run("pg.mjs", server, env);

    expect(databaseSpans()).toEqual([]);
    expect(bed.receiver.points.filter(({ metric }) => metric.startsWith("db."))).toEqual([]);
  });

  it.each([
    ["came first", "theirs-first"],
    ["comes later", "theirs-later"],
    ["is none, and the driver was loaded before the start", "loaded-before"],
  ])("gets one span for a query where another instrumentation %s", async (_title, order) => {
    await run("own-instrumentation.cjs", server, { APP_ORDER: order }, []);

    const queries = databaseSpans().filter(({ name }) => /SELECT/.test(name));
    expect(queries).toHaveLength(1);
    const request = bed.receiver.spans.find(({ name }) => name === "request");
    expect(queries[0]?.parentSpanId).toBe(request?.spanId);
  });
});

describe.skipIf(whyNoMariadb !== undefined)(titled("MariaDB by mysql2", whyNoMariadb), () => {
  let server: TempServer;
  beforeAll(async () => {
    server = await startMariadb();
  }, 60_000);
  afterAll(() => server?.stop());

  it("gets spans without values, durations, and the waits for its pool", async () => {
    await run("mysql2.mjs", server);

    const first = bed.receiver.spans.find(({ name }) => name === "first");
    const ofFirst = databaseSpans().filter(({ traceId }) => traceId === first?.traceId);
    expect(ofFirst.map(({ attributes }) => attributes["db.query.text"])).toEqual([
      "INSERT INTO users VALUES (?)",
      "SELECT * FROM users WHERE email = ?",
      "SELECT * FROM users WHERE email = ?",
      "INSERT INTO users VALUES (?)",
    ]);
    expect(ofFirst.map(({ name }) => name)).toEqual([
      "INSERT test",
      "SELECT test",
      "SELECT test",
      "INSERT test",
    ]);
    expect(ofFirst.map(({ isError }) => isError)).toEqual([false, false, false, true]);
    expect(ofFirst[3]?.attributes["error.type"]).toBe("ER_DUP_ENTRY");
    expect(names()).not.toContain("CREATE test");
    expect(bed.receiver.point(DURATION, { "db.operation.name": "SELECT" })?.count).toBe(4);
    const pool = { "db.client.connection.pool.name": `127.0.0.1:${server.port}/test` };
    expect(bed.receiver.point(WAIT, pool)?.count).toBe(8);
    expect(bed.receiver.point("db.client.connection.max", pool)?.value).toBe(1);
  });

  it("lets the callback of a query run in the trace that asked", async () => {
    await run("mysql2.mjs", server);

    for (const name of ["holder", "waiter"]) {
      const span = bed.receiver.spans.find((candidate) => candidate.name === name);
      const line = bed.receiver.logs.find(({ body }) => body === `${name} is done`);
      expect(line?.traceId).toBe(span?.traceId);
    }
  });
});

describe.skipIf(whyNoRedis !== undefined)(titled("Redis", whyNoRedis), () => {
  let server: TempServer;
  beforeAll(async () => {
    server = await startRedis();
  }, 60_000);
  afterAll(() => server?.stop());

  it.each([
    ["redis from an ES module", "redis.mjs", "SET ? ?"],
    ["ioredis from CommonJS", "ioredis.cjs", "set ? ?"],
  ])("gets spans by command with %s, without keys and values", async (_title, script, text) => {
    await run(script, server);

    const request = bed.receiver.spans.find(({ name }) => name === "request");
    const set = databaseSpans().find(({ name }) => name === "SET");
    expect(databaseSpans().every(({ traceId }) => traceId === request?.traceId)).toBe(true);
    expect(set).toMatchObject({
      kind: CLIENT,
      attributes: {
        "db.system.name": "redis",
        "db.operation.name": "SET",
        "db.query.text": text,
        "server.port": server.port,
      },
    });
    // One of them before any request: measured, and no trace.
    expect(names().filter((name) => name === "SET")).toHaveLength(1);
    expect(bed.receiver.point(DURATION, { "db.operation.name": "SET" })?.count).toBe(2);
    const failed = databaseSpans().find(({ name }) => name === "LPUSH");
    expect(failed?.isError).toBe(true);
    expect(
      bed.receiver.point(DURATION, { "db.operation.name": "LPUSH" })?.attributes,
    ).toMatchObject({
      "error.type": expect.any(String),
    });
  });
});
