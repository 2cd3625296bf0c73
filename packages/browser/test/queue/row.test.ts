import type { TransportItem } from "@grafana/faro-web-sdk";
import { expect, test } from "vitest";
import {
  encodeBody,
  encodeItem,
  encodeLosses,
  joinFilings,
  type Row,
  splitRow,
  sumLosses,
} from "../../src/queue/row.ts";

const item = (type: string, payload: unknown): TransportItem =>
  ({ type, payload, meta: {} }) as unknown as TransportItem;
const line = (message: string, meta = "m", atMillis = AT): Row =>
  encodeItem(item("log", { message }), atMillis, meta);
const AT = Date.UTC(2026, 10, 23);

test.each([
  ["exception", 0, "exceptions"],
  ["measurement", 1, "measurements"],
  ["event", 2, "events"],
  ["log", 3, "logs"],
])("an item of type %s has rank %d and goes into the list %s", (type, rank, list) => {
  const row = encodeItem(item(type, { a: "ü" }), AT, "m1");
  expect(row).toEqual({ key: [rank, AT, "m1", 10, 1], list, texts: ['{"a":"ü"}'] });
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
  const [joined] = joinFilings([line("a"), line("b")].map((row) => ({ row, meta: "{}" })));
  const rows = [told, line("c"), joined?.row ?? told];
  expect(sumLosses(rows, "queue_full")).toEqual({ queue_full: 6, too_old: 1 });
  expect(JSON.parse(told.texts[0] ?? "")).toEqual({
    type: "sightline_lost",
    values: { queue_full: 3, too_old: 1 },
    timestamp: "2026-11-23T00:00:00.000Z",
  });
  expect(told.key[0]).toBe(3);
});

test("neighbours of one kind and meta lie in one row, and can be parted again", () => {
  const rows = [
    line("a"),
    line("b"),
    line("later", "m", AT + 86_400_000),
    line("c", "other"),
    encodeLosses({ sampled: 1 }, AT, "other"),
  ];
  const joined = joinFilings(rows.map((row) => ({ row, meta: "{}" }))).map(({ row }) => row);
  expect(joined.map(({ key }) => key[4])).toEqual([2, 1, 1, 1]);
  expect(encodeBody("{}", joined.slice(0, 1))).toBe(encodeBody("{}", rows.slice(0, 2)));
  const parts = splitRow(joined[0] as Row);
  expect(parts.map(({ texts }) => texts)).toEqual([['{"message":"a"}'], ['{"message":"b"}']]);
  expect(new Set(parts.map(({ key }) => String(key))).size).toBe(2);
});

test("rows stay small, so that a page that goes away can fill its budget", () => {
  const many = Array.from({ length: 100 }, (_, index) => line("x".repeat(500), "m", AT + index));
  const joined = joinFilings(many.map((row) => ({ row, meta: "{}" })));
  expect(Math.max(...joined.map(({ row }) => row.key[3]))).toBeLessThan(4_000);
  expect(joined.reduce((sum, { row }) => sum + row.key[4], 0)).toBe(100);
});
