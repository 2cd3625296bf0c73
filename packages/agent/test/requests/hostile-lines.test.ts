import { AGENT_DEFAULTS } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createRequestReader } from "../../src/requests/request-reader.ts";
import { ACCESS_LINES } from "./access-lines.ts";

/** Mulberry32: the same lines in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PIECES = [
  ...' "\\[]{}()<>=:;,.%/?#@|-_0123456789azAZ\u0000\u001b\u007féЖ中\ud83d\ufffd',
  "\\x22",
  "%",
  "%zz",
  "%00",
  "\u001b[31m",
  "rt=",
  "1e309",
  "-1",
  "NaN",
  " HTTP/",
  "{}",
  "../",
  "..",
  "//",
];
const METHODS = /^(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|QUERY|_OTHER)$/;

describe("hostile lines", () => {
  it("never throw and never make more than a bounded, well-formed request", () => {
    const random = createRandom(7);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const lines = Object.values(ACCESS_LINES).flat();
    const reader = createRequestReader({ ...AGENT_DEFAULTS.accessLogs, maxRoutes: 20 });
    const routes = new Set<string>();
    let requests = 0;
    for (let round = 0; round < 30_000; round += 1) {
      let text = pick(lines)[0];
      const changes = 1 + Math.floor(random() * 4);
      for (let change = 0; change < changes; change += 1) {
        const at = Math.floor(random() * text.length);
        const gone = random() < 0.5 ? 1 : 0;
        const piece = pick(PIECES).repeat(random() < 0.02 ? 3_000 : 1);
        text = text.slice(0, at) + piece + text.slice(at + gone);
      }
      if (round % 3 === 0) reader.restart("web");
      const request = reader.read(text, "web");
      if (request === undefined) continue;
      requests += 1;
      const { method, status = 200, seconds = 0, route = "/" } = request;
      if (request.route !== undefined) routes.add(request.route);
      const isSound =
        METHODS.test(method) &&
        Number.isInteger(status) &&
        status >= 100 &&
        status <= 599 &&
        seconds >= 0 &&
        seconds <= 86_400 &&
        (route === "_other" || (route.startsWith("/") && route.length <= 600)) &&
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
        !/[\u0000-\u001f\u007f]/.test(route);
      expect({ text, request, isSound }).toEqual({ text, request, isSound: true });
    }
    expect(requests).toBeGreaterThan(3_000);
    expect(routes.size).toBeLessThanOrEqual(21);
  });
});
