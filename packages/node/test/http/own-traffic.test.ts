import { expect, it } from "vitest";
import { createOwnTraffic } from "../../src/http/own-traffic.ts";

const own = createOwnTraffic([
  "http://localhost:4318/v1/logs",
  "https://collector.example.org/otlp/v1/traces/",
  "http://[2001:db8::1]:4318/v1/metrics",
]);

it.each([
  ["http", "localhost", 4318, "/v1/logs"],
  ["http", "LOCALHOST.", 4318, "/v1/logs/"],
  ["http", "127.0.0.1", 4318, "/v1/logs?x=1"],
  ["http", "127.0.0.2", 4318, "/v1/logs"],
  ["http", "0x7f.1", 4318, "/v1/logs"],
  ["http", "::1", 4318, "/v1/logs"],
  ["http", "[::1]", 4318, "/v1/logs"],
  ["http", "0:0:0:0:0:0:0:1", 4318, "/v1/logs"],
  ["http", "::ffff:127.0.0.1", 4318, "/v1/logs"],
  ["https", "Collector.example.org", 443, "/otlp/v1/traces"],
  ["http", "[2001:0db8:0:0:0:0:0:1]", 4318, "/v1/metrics"],
] as const)("knows %s://%s:%i%s as its own", (scheme, host, port, path) => {
  expect(own.includes({ scheme, host, port, path })).toBe(true);
});

it.each([
  ["http", "localhost", 4318, "/v1/logs-of-the-host"],
  ["http", "localhost", 4318, "/"],
  ["http", "localhost", 8080, "/v1/logs"],
  ["https", "localhost", 4318, "/v1/logs"],
  ["http", "127.0.0.1.example.org", 4318, "/v1/logs"],
  ["http", "example.org", 4318, "/v1/logs"],
  ["https", "collector.example.org", 443, "/otlp"],
] as const)("takes %s://%s:%i%s for the host's", (scheme, host, port, path) => {
  expect(own.includes({ scheme, host, port, path })).toBe(false);
});
