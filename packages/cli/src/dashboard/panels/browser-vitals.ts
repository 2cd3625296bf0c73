import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { ofApp } from "../browser-queries.ts";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideField } from "../field-override.ts";
import { timeseriesPanel } from "../panel.ts";
import { quantile, sumOf } from "../service-queries.ts";
import { metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";

const { browserWebVitalName: name, browserWebVitalRating: rating } = PROMETHEUS_LABEL;
/** Few loads in a minute say nothing of what is usual. */
const WINDOW = "30m";

const RATING_COLOR: Readonly<Record<string, string>> = {
  good: "green",
  "needs-improvement": "orange",
  poor: "red",
};

/** How the pages are to those who use them; https://web.dev/articles/vitals. */
export function browserVitalPanels(): Panel[] {
  return [
    timeseriesPanel({
      title: "Web vitals (p75)",
      description:
        "Three of four were faster than this, over half an hour: LCP until the largest part is there, INP until a click or key is answered, FCP until anything is there, TTFB until the server's first byte.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricOverTime(
          quantile(0.75, ofApp(PROMETHEUS.browserWebVitalDurationBucket), {
            by: [name],
            window: WINDOW,
          }),
          `{{${name}}}`,
        ),
      ],
      unit: "s",
      min: 0,
      noValue: "not measured",
    }),
    timeseriesPanel({
      title: "Layout shift (CLS, p75)",
      description:
        "How much of the page moved under the eyes of three of four visits at most, over half an hour. Good up to 0.1, poor above 0.25.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricOverTime(
          quantile(0.75, ofApp(PROMETHEUS.browserLayoutShiftBucket), { window: WINDOW }),
          "CLS",
        ),
      ],
      min: 0,
      decimals: 2,
      softMax: 0.25,
      noValue: "not measured",
    }),
    timeseriesPanel({
      title: "Loads by rating (LCP)",
      description:
        "How many loads were good, in need of improvement or poor, as the web vitals rate their largest contentful paint.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricOverTime(
          sumOf(
            `increase(${ofApp(PROMETHEUS.browserWebVitalDurationCount, `${name}="LCP"`)}[$__interval])`,
            [rating],
          ),
          `{{${rating}}}`,
        ),
      ],
      interval: "5m",
      unit: "short",
      min: 0,
      noValue: "not measured",
      drawStyle: "bars",
      stacked: true,
      softMax: 5,
      overrides: Object.entries(RATING_COLOR).map(([each, color]) =>
        overrideField(each, { color: fixedColor(color) }),
      ),
    }),
  ];
}
