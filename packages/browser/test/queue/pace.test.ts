import { expect, test } from "vitest";
import { CALM, judge, type Pace, parseRetryAfter, remainingMillis } from "../../src/queue/pace.ts";

const NOW = Date.UTC(2026, 10, 23);
const after = (status: number, pace: Partial<Pace> = {}, items = 10) =>
  judge({ status }, items, { ...CALM, ...pace }, NOW, 1);

test.each([200, 202, 204])("%d is sent, and a failure before it is forgotten", (status) => {
  const before = { failures: 4, refusals: 2, untilMillis: NOW, isAsked: true, url: 1 };
  expect(after(status, before)).toEqual({ fate: "sent", pace: { ...CALM, url: 1 } });
});

test.each([0, 408, 425, 429, 500, 501, 502, 503, 504])("%d is tried again later", (status) => {
  const { fate, pace } = after(status);
  expect(fate).toBe("keep");
  expect(pace.failures).toBe(1);
  expect(pace.untilMillis).toBe(NOW + 1_000);
});

test.each([301, 401, 403, 404, 405, 410, 451])("%d waits for a person", (status) => {
  expect(after(status).fate).toBe("stop");
});

test.each([400, 413, 422])("%d halves a batch, and quarantines what stands alone", (status) => {
  expect(after(status).fate).toBe("split");
  const { fate, pace } = after(status, {}, 1);
  expect([fate, pace.refusals, pace.untilMillis]).toEqual(["refused", 1, 0]);
});

test("a gateway that fails on one batch again and again fails because of it", () => {
  expect(after(500, { failures: 4 }).fate).toBe("keep");
  expect(after(500, { failures: 5 }).fate).toBe("split");
  expect(after(503, { failures: 50 }).fate).toBe("keep");
});

test("whoever refuses everything is asked ever more seldom", () => {
  let pace = CALM;
  const waits = Array.from({ length: 12 }, () => {
    pace = judge({ status: 400 }, 1, pace, NOW, 1).pace;
    return pace.untilMillis && pace.untilMillis - NOW;
  });
  expect(waits.slice(0, 6)).toEqual([0, 0, 0, 1_000, 2_000, 4_000]);
  expect(waits.at(-1)).toBe(256_000);
});

test("waits double up to five minutes, with jitter over half of them", () => {
  expect(after(503, { failures: 3 }).pace.untilMillis - NOW).toBe(8_000);
  expect(after(503, { failures: 60 }).pace.untilMillis - NOW).toBe(300_000);
  expect(after(503, { failures: 5_000 }).pace.untilMillis - NOW).toBe(300_000);
  const { pace } = judge({ status: 503 }, 1, CALM, NOW, 0);
  expect(pace.untilMillis - NOW).toBe(500);
});

test("what the gateway asks for is a lower bound, up to an hour", () => {
  const asked = (retryAfterMillis: number): Pace =>
    judge({ status: 429, retryAfterMillis }, 1, CALM, NOW, 1).pace;
  expect(asked(30_000)).toMatchObject({ isAsked: true, untilMillis: NOW + 33_000 });
  expect(asked(86_400_000).untilMillis).toBe(NOW + 3_600_000);
});

test("hope cuts a wait after a failure short, but not one that was asked for", () => {
  const failed = { ...CALM, untilMillis: NOW + 5_000 };
  expect(remainingMillis(failed, NOW, false)).toBe(5_000);
  expect(remainingMillis(failed, NOW, true)).toBe(0);
  expect(remainingMillis({ ...failed, isAsked: true }, NOW, true)).toBe(5_000);
});

test("a wait that was noted by a clock years ahead is none", () => {
  const ahead = { ...CALM, isAsked: true, untilMillis: NOW + 10 * 365 * 86_400_000 };
  expect(remainingMillis(ahead, NOW, false)).toBe(0);
});

test.each([
  [{ "retry-after": "120" }, 120_000],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": new Date(NOW + 60_000).toUTCString() }, 60_000],
  [{ "retry-after": new Date(NOW - 60_000).toUTCString() }, 0],
  [{ "retry-after": "-5" }, undefined],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "1e9" }, undefined],
  [{}, undefined],
])("%j is a wait of %s ms", (headers, expected) => {
  expect(parseRetryAfter(new Headers(headers as Record<string, string>), NOW)).toBe(expected);
});

test("a date counts from the gateway's own clock where the browser shows it", () => {
  const wrong = NOW - 365 * 86_400_000;
  const headers = new Headers({
    date: new Date(NOW).toUTCString(),
    "retry-after": new Date(NOW + 60_000).toUTCString(),
  });
  expect(parseRetryAfter(headers, wrong)).toBe(60_000);
});
