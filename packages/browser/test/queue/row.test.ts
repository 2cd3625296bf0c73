import type { TransportItem } from "@grafana/faro-web-sdk";
import { expect, test } from "vitest";
import { encodeBody, encodeItem, encodeLosses, sumLosses } from "../../src/queue/row.ts";

const item = (type: string, payload: unknown): TransportItem =>
  ({ type, payload, meta: {} }) as unknown as TransportItem;
const AT = Date.UTC(2026, 10, 23);

test.each([
  ["exception", 0, "exceptions"],
  ["measurement", 1, "measurements"],
  ["event", 2, "events"],
  ["log", 3, "logs"],
])("an item of type %s has rank %d and goes into the list %s", (type, rank, list) => {
  const row = encodeItem(item(type, { a: "ü" }), AT, "m1");
  expect(row).toEqual({ key: [rank, AT, "m1", 10], list, text: '{"a":"ü"}' });
});

test("a body is Faro's, with the spans of several items in one list", () => {
  const rows = [
    encodeItem(item("log", { message: "one" }), AT, "m"),
    encodeItem(item("trace", { resourceSpans: [{ s: 1 }] }), AT, "m"),
    encodeItem(item("log", { message: "two" }), AT, "m"),
    encodeItem(item("trace", { resourceSpans: [{ s: 2 }, { s: 3 }] }), AT, "m"),
  ];
  expect(JSON.parse(encodeBody('{"app":{"name":"shop"}}', rows))).toEqual({
    meta: { app: { name: "shop" } },
    logs: [{ message: "one" }, { message: "two" }],
    traces: { resourceSpans: [{ s: 1 }, { s: 2 }, { s: 3 }] },
  });
});

test("a text that would break JSON does not", () => {
  const message = '"],"x":[\u2028\ud800\\';
  const body = encodeBody("{}", [encodeItem(item("log", { message }), AT, "m")]);
  expect(JSON.parse(body).logs[0].message).toBe(message);
});

test.each([[{ message: 1n }], [undefined]])("what cannot be JSON throws", (payload) => {
  expect(() => encodeItem(item("log", payload), AT, "m")).toThrow();
});

test("losses add up, also those that a dropped row had told of", () => {
  const told = encodeLosses({ queue_full: 3, too_old: 1 }, AT, "m");
  expect(sumLosses([told, {}, {}], "queue_full")).toEqual({ queue_full: 5, too_old: 1 });
  expect(JSON.parse(told.text)).toEqual({
    type: "sightline_lost",
    values: { queue_full: 3, too_old: 1 },
    timestamp: "2026-11-23T00:00:00.000Z",
  });
  expect(told.key[0]).toBe(3);
});
