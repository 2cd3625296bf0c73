import type { Meter } from "@opentelemetry/api";
import { ATTRIBUTE, METRIC } from "@sightline/core";
import type { CardinalityGuard, Overflow } from "./cardinality-guard.ts";

/** Longer values are cut where they are shown: they come from anywhere. */
const MAX_SHOWN_CHARACTERS = 80;

/** `sightline.cardinality.overflows`: which metric and attribute has more values than are kept. */
export function observeOverflows(meter: Meter, guard: CardinalityGuard): void {
  meter
    .createObservableCounter(METRIC.cardinalityOverflows, {
      description: "Measurements counted under another attribute value than their own.",
      unit: "{measurement}",
    })
    .addCallback((result) => {
      for (const { metric, attribute, count } of guard.counts()) {
        result.observe(count, { [ATTRIBUTE.metric]: metric, [ATTRIBUTE.attribute]: attribute });
      }
    });
}

/** One line for people: what is too much, and what it looks like. */
export function formatOverflow(
  { metric, attribute, max, samples }: Overflow,
  redact: (text: string) => string,
): string {
  const shown = samples.map((value) => `"${redact(value).slice(0, MAX_SHOWN_CHARACTERS)}"`);
  return (
    `metric "${metric}", attribute "${attribute}": more than ${max} distinct values, such as ` +
    `${shown.join(", ")}; what follows is counted as "_other"`
  );
}
