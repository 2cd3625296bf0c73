import type { CompileInput } from "../compile-spec.ts";
import type { MuteTiming } from "../model.ts";
import type { FaultSink } from "./fault-sink.ts";
import { isTimeZone, readInterval } from "./time-intervals.ts";

export function compileMuteTimings(
  { document }: CompileInput,
  sink: FaultSink,
): readonly MuteTiming[] {
  return document.spec.mute_timings.map((given, index) => {
    const path = ["mute_timings", index];
    if (given.timezone !== undefined && !isTimeZone(given.timezone)) {
      sink.error(
        "time-zone",
        `expected a time zone such as Europe/Berlin or UTC, got ${JSON.stringify(given.timezone)}`,
        [...path, "timezone"],
      );
    }
    const intervals = given.intervals.flatMap((interval, nth) => {
      const result = readInterval(interval, given.timezone);
      for (const { path: below, message } of result.wrong) {
        sink.error("time-interval", message, [...path, "intervals", nth, ...below]);
      }
      if (Object.values(interval).every((part) => part === undefined || part.length === 0)) {
        sink.error(
          "time-interval",
          "an interval without any part would hold always",
          [...path, "intervals", nth],
          "give it times, weekdays, days_of_month, months or years",
        );
      }
      return result.intervals;
    });
    return { name: given.name, intervals, place: document.placeOf(path) };
  });
}
