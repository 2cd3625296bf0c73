import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { ERROR_FIELD, LOKI_METADATA, PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../harness/free-port.ts";
import { readLines } from "../harness/otlp.ts";
import { createTestStack, repositoryRoot, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const EXAMPLES = [
  { name: "express", main: "main.js" },
  { name: "fastify", main: "main.js" },
  { name: "nestjs", main: "dist/main.js" },
  { name: "http", main: "main.js" },
] as const;

let stack: TestStack;

beforeAll(async () => {
  stack = await createTestStack({ SIGHTLINE_USER_SECRET: "a secret of this test alone" });
  const up = await stack.run("up", "--only", "stack", "--mode", "embedded");
  expect(up.code, up.stderr).toBe(0);
}, 300_000);

afterAll(() => stack.dispose());

describe.each(EXAMPLES)("the $name example", ({ name, main }) => {
  const service = `example-${name}`;
  let shop: Shop;

  beforeAll(async () => {
    shop = await startShop(name, main, service);
    expect(await shop.get("/orders/7", { "x-user": "ann" })).toBe(200);
    expect(await shop.get("/orders/8")).toBe(404);
    expect(await shop.get("/broken", { "x-user": "ann" })).toBe(500);
    shop.child.kill("SIGTERM");
    expect(await shop.ended).toBe("SIGTERM");
  });

  it("stores its lines with the trace and the user they belong to", async () => {
    const line = await stored(service, (text) => text.includes("order read"));
    expect(line.fields[LOKI_METADATA.traceId]).toMatch(/^[0-9a-f]{32}$/);
    expect(line.fields["user_hash"]).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(line)).not.toContain('"ann"');
  });

  it("stores the error with its stack and a fingerprint, and a compact record of it", async () => {
    const isError = (text: string): boolean => text.includes("the till is empty");
    const line = await stored(service, (text) => isError(text) && /\n\s+at /.test(text));
    expect(line.fields[ERROR_FIELD.fp]).toMatch(/^[0-9a-f]{16}$/);
    const record = await stored(service, isError, "error");
    expect(record.fields[ERROR_FIELD.fp]).toBe(line.fields[ERROR_FIELD.fp]);
  });

  it("counts its requests by route and status", async () => {
    for (const [route, status] of [
      ["/orders/:id", "200"],
      ["/orders/:id", "404"],
      ["/broken", "500"],
    ] as const) {
      await until(`requests of ${route} with ${status}`, async () => {
        const selector = [
          `${PROMETHEUS_LABEL.serviceName}="${service}"`,
          `${PROMETHEUS_LABEL.httpRoute}="${route}"`,
          `${PROMETHEUS_LABEL.httpResponseStatusCode}="${status}"`,
        ].join();
        return (await count(`${PROMETHEUS.httpServerRequestDurationCount}{${selector}}`)) === 1;
      });
    }
  });

  it("tells of its user once an hour, without the name", async () => {
    const record = await stored(service, () => true, "session");
    expect(record.fields["user_hash"]).toMatch(/^[0-9a-f]{16}$/);
  });
});

type StoredLine = Awaited<ReturnType<typeof readLines>>[number];

function stored(
  service: string,
  isWanted: (text: string) => boolean,
  kind = "log",
): Promise<StoredLine> {
  return until(`a ${kind} record of ${service}`, async () => {
    const lines = await readLines(stack.url("loki"), service);
    return lines.find(({ line, fields }) => fields["kind"] === kind && isWanted(line));
  });
}

async function count(query: string): Promise<number> {
  const parameters = new URLSearchParams({ query: `sum(${query})` });
  const response = await fetch(`${stack.url("prometheus")}/api/v1/query?${parameters}`);
  const answer = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(answer.data.result[0]?.value[1]);
}

interface Shop {
  readonly child: ChildProcess;
  readonly ended: Promise<NodeJS.Signals | number | null>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<number>;
}

async function startShop(name: string, main: string, service: string): Promise<Shop> {
  const folder = join(repositoryRoot, "examples", name);
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ["--import", "@sightline/node/register", join(folder, main)],
    {
      cwd: folder,
      env: {
        ...stack.env,
        PORT: String(port),
        OTEL_SERVICE_NAME: service,
        OTEL_TRACES_SAMPLER: "always_on",
      },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const ended = new Promise<NodeJS.Signals | number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(signal ?? code));
  });
  const get: Shop["get"] = async (path, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    await response.arrayBuffer();
    return response.status;
  };
  await until(`the ${name} example to listen`, () => isListening(port));
  return { child, ended, get };
}

/** By a connection and not a request, which would be counted. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
