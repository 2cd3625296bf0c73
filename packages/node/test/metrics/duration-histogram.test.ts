import { expect, it } from "vitest";
import { createDurationHistogram } from "../../src/metrics/duration-histogram.ts";

it("puts a duration into the bucket whose upper bound it does not pass", () => {
  const histogram = createDurationHistogram({
    name: "d",
    description: "",
    bounds: [0.1, 1],
    nowMillis: () => 1_000,
  });
  expect(histogram.collect(2_000)).toBeUndefined();
  const series = histogram.series({ route: "/a" });
  for (const seconds of [0, 0.1, 0.11, 1, 7]) series.record(seconds);

  const [point] = histogram.collect(2_000)?.dataPoints ?? [];
  expect(point).toMatchObject({
    attributes: { route: "/a" },
    startTime: [1, 0],
    endTime: [2, 0],
    value: { count: 5, buckets: { boundaries: [0.1, 1], counts: [2, 2, 1] } },
  });
  expect(point?.value.sum).toBeCloseTo(8.21);
});

it("gives copies, which later measurements do not change", () => {
  const histogram = createDurationHistogram({
    name: "d",
    description: "",
    bounds: [1],
    nowMillis: () => 0,
  });
  const series = histogram.series({});
  series.record(0.5);
  const before = histogram.collect(1);
  series.record(0.5);
  expect(before?.dataPoints[0]?.value).toMatchObject({ count: 1, buckets: { counts: [1, 0] } });
  expect(histogram.collect(2)?.dataPoints[0]?.value).toMatchObject({ count: 2 });
});
