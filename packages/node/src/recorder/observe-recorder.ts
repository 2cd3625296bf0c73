import type { Meter } from "@opentelemetry/api";
import { ATTRIBUTE, METRIC } from "@sightline/core";
import type { CrashRecorder } from "./crash-recorder.ts";

/** How much of what is logged a death would leave behind. */
export function observeRecorder(meter: Meter, recorder: CrashRecorder): void {
  meter
    .createObservableCounter(METRIC.recorderLines, {
      description: "Lines given to the crash recorder, by what became of them.",
      unit: "{line}",
    })
    .addCallback((result) => {
      const { keptLines, lappedLines, tooLargeLines, missedLines } = recorder.figures();
      result.observe(keptLines, { [ATTRIBUTE.lineState]: "kept" });
      result.observe(lappedLines, { [ATTRIBUTE.lineState]: "overwritten" });
      result.observe(tooLargeLines, { [ATTRIBUTE.lineState]: "too_large" });
      result.observe(missedLines, { [ATTRIBUTE.lineState]: "missed" });
    });
}
