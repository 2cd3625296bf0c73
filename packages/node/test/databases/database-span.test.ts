import { createNoopMeter, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, expect, it } from "vitest";
import { setDatabaseSink } from "../../src/databases/database-sink.ts";
import { databaseTracerProvider } from "../../src/databases/database-tracer.ts";
import { createValueCap } from "../../src/metrics/value-cap.ts";

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const tracer = databaseTracerProvider.getTracer("test");
const inSpan = trace.setSpan(ROOT_CONTEXT, provider.getTracer("test").startSpan("parent"));
let recorded: { seconds: number; attributes: unknown }[];

beforeEach(() => {
  exporter.reset();
  recorded = [];
  const cap = () => createValueCap(2, () => undefined);
  setDatabaseSink({
    tracer: provider.getTracer("test"),
    duration: {
      ...createNoopMeter().createHistogram("duration"),
      record: (seconds, attributes) => recorded.push({ seconds, attributes }),
    },
    operations: cap(),
    peers: cap(),
    pools: undefined,
  });
});
afterEach(() => setDatabaseSink(undefined));

function operate(attributes: Record<string, unknown>): void {
  const options = { attributes: attributes as Record<string, string> };
  tracer.startSpan("name", options, inSpan).end();
}

it("survives a statement that throws when it is looked at", () => {
  operate({
    "db.system.name": "mongodb",
    "db.operation.name": "find",
    "db.query.text": () => {
      throw new Error("do not look");
    },
  });

  expect(exporter.getFinishedSpans()[0]?.attributes["db.query.text"]).toBe("?");
});

it("survives an error that throws when it is looked at, and counts the operation as failed", () => {
  const span = tracer.startSpan("GET", {
    attributes: { "db.system.name": "redis", "db.operation.name": "GET" },
  });
  const hostile = new Proxy(new Error("x"), {
    get() {
      throw new Error("do not look");
    },
  });
  span.recordException(hostile);
  span.setStatus({ code: SpanStatusCode.ERROR, message: "WRONGTYPE for key 'session:ada'" });
  span.end();

  expect(recorded[0]?.attributes).toMatchObject({ "error.type": "_OTHER" });
});

it("takes nothing for an operation that could be a value, and bounds their number", () => {
  for (const name of ["get", "GET", "alice@example.org", "set", "del", "incr"]) {
    operate({ "db.system.name": "redis", "db.operation.name": name });
  }

  const names = recorded.map(({ attributes }) =>
    Reflect.get(Object(attributes), "db.operation.name"),
  );
  expect(names).toEqual(["GET", "GET", "_other", "SET", "_other", "_other"]);
});

it("bounds the servers, and leaves their port and database out beyond", () => {
  for (const host of ["a", "b", "c"]) {
    operate({
      "db.system.name": "redis",
      "db.operation.name": "GET",
      "server.address": host,
      "server.port": 6379,
    });
  }

  expect(recorded.at(-1)?.attributes).toEqual({
    "db.system.name": "redis",
    "db.operation.name": "GET",
    "server.address": "_other",
  });
});

it("ends once, and passes everything through when nobody listens any more", () => {
  const span = tracer.startSpan("GET", {
    attributes: { "db.system.name": "redis", "db.operation.name": "GET" },
  });
  span.end();
  span.end();
  setDatabaseSink(undefined);
  operate({ "db.system.name": "redis", "db.operation.name": "GET" });

  expect(recorded).toHaveLength(1);
});
