import { expect, test } from "vitest";
import { planEviction } from "../../src/queue/eviction.ts";
import { makeBatch, textOf } from "../fixtures/batches.ts";

const bytesOf = (batch: { body: Uint8Array }) => batch.body.length;

const BATCHES = [
  makeBatch("error1", { severityNumber: 17 }),
  makeBatch("debug1", { severityNumber: 5 }),
  makeBatch("info-1", { severityNumber: 9 }),
  makeBatch("debug2", { severityNumber: 5 }),
  makeBatch("none-1", { severityNumber: 0 }),
  makeBatch("error2", { severityNumber: 17 }),
];

test("the oldest of the lowest severity goes first, and errors last", () => {
  const order = planEviction(BATCHES, Infinity, bytesOf).map(textOf);
  expect(order).toEqual(["debug1", "debug2", "info-1", "none-1", "error1", "error2"]);
});

test("no more is chosen than must be", () => {
  expect(planEviction(BATCHES, 7, bytesOf).map(textOf)).toEqual(["debug1", "debug2"]);
  expect(planEviction(BATCHES, 6, bytesOf).map(textOf)).toEqual(["debug1"]);
  expect(planEviction(BATCHES, 0, bytesOf)).toEqual([]);
});

test("traces go before metrics, and metrics before warnings; the oldest metric first", () => {
  const order = planEviction(
    [
      makeBatch("warning", { severityNumber: 13 }),
      makeBatch("metric1", { signal: "metrics", severityNumber: 0 }),
      makeBatch("metric2", { signal: "metrics", severityNumber: 0 }),
      makeBatch("trace", { signal: "traces", severityNumber: 0 }),
    ],
    Infinity,
    bytesOf,
  );
  expect(order.map(textOf)).toEqual(["trace", "metric1", "metric2", "warning"]);
});
