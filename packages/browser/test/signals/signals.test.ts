import type { API, PushErrorOptions } from "@grafana/faro-core";
import { FARO } from "@sightline/core";
import { expect, it } from "vitest";
import type { ToldError } from "../../src/errors/error-desk.ts";
import { createSignals } from "../../src/signals/signals.ts";

const ERROR: ToldError = {
  type: "TypeError",
  message: "x",
  frames: () => [],
  kind: "x",
  causes: [],
  atMillis: 1_700_000_000_000,
  trace: undefined,
  trail: [],
  handled: false,
  componentStack: undefined,
  attributes: {},
};

function make(sampleRate = 1) {
  const counts: number[] = [];
  const lost: Record<string, number>[] = [];
  let lines = 0;
  // As much of Faro's API as is called here; the whole runs in Chromium.
  const api = {
    pushError: (_: Error, options?: PushErrorOptions) => {
      counts.push(Number(options?.context?.[FARO.exceptionContext.n]));
    },
    pushLog: () => {
      lines += 1;
    },
    pushMeasurement: ({ values }: { values: Record<string, number> }) => lost.push(values),
  } as unknown as API;
  const signals = createSignals({
    api,
    now: () => 0,
    currentTrace: () => undefined,
    sampleRate,
  });
  return { counts, lost, lines: () => lines, signals };
}

it("gives errors of a sample a count that is right in the mean, always a whole one", () => {
  const { counts, signals } = make(0.3);
  for (let i = 0; i < 100; i += 1) signals.error(ERROR, 30);
  expect(counts.every((n) => n === 100 || n === 101)).toBe(true);
  const single = make(0.7);
  for (let i = 0; i < 100; i += 1) single.signals.error(ERROR, 1);
  expect(single.counts.every((n) => n === 1 || n === 2)).toBe(true);
});

it("counts what it leaves out: too many errors, more occurrences than one may stand for, lines", () => {
  const { counts, lines, lost, signals } = make();
  for (let i = 0; i < 99; i += 1) signals.error(ERROR, 1);
  signals.error(ERROR, 10_500);
  signals.error(ERROR, 7);
  for (let i = 0; i < 1010; i += 1) signals.log("info", "x");
  signals.settle();
  signals.settle();
  expect(counts.at(-1)).toBe(10_000);
  expect(counts).toHaveLength(100);
  expect(lines()).toBe(1000);
  expect(lost).toEqual([{ rate_limited: 500 + 7 + 10 }]);
});
