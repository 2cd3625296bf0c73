import { describe, expect, it } from "vitest";
import { isLoopbackHost } from "../../src/http/loopback.ts";

describe("a receiver is on this machine", () => {
  it.each([
    ["http://localhost:4318/v1/logs", true],
    ["http://LOCALHOST", true],
    ["https://collector.localhost", true],
    ["http://127.0.0.1:4318", true],
    ["http://127.1", true],
    ["http://[::1]:4318", true],
    ["http://[0:0:0:0:0:0:0:1]", true],
    ["http://collector:4318", false],
    ["http://10.0.0.7", false],
    ["http://127.example.com", false],
    ["http://localhost.example.com", false],
    ["http://[::2]", false],
  ])("by its URL alone: %s is %s", (url, expected) => {
    expect(isLoopbackHost(new URL(url).hostname)).toBe(expected);
  });
});
