import { readdirSync, statSync } from "node:fs";
import type { Meter } from "@opentelemetry/api";
import { METRIC } from "@sightline/core";
import type { ReadText } from "../host/read-text.ts";

const DESCRIPTORS = "/proc/self/fd";
const LIMITS = "/proc/self/limits";

/** Open file descriptors and how many there may be. Linux only: elsewhere there is neither. */
export function observeDescriptors(meter: Meter, readText: ReadText): void {
  if (countDescriptors() === undefined) return;
  meter
    .createObservableUpDownCounter(METRIC.processOpenFileDescriptors, {
      description: "File descriptors that are open.",
      unit: "{file_descriptor}",
    })
    .addCallback((result) => {
      const count = countDescriptors();
      if (count !== undefined) result.observe(count);
    });
  // Read once: only `prlimit` from outside could change it.
  const limit = parseDescriptorLimit(readText(LIMITS) ?? "");
  if (limit === undefined) return;
  meter
    .createObservableUpDownCounter(METRIC.processFileDescriptorLimit, {
      description: "File descriptors that may be open at most.",
      unit: "{file_descriptor}",
    })
    .addCallback((result) => result.observe(limit));
}

/** Linux 6.2 and newer tell the number as the folder's size; listing 10,000 of them takes 8 ms. */
function countDescriptors(): number | undefined {
  try {
    const { size } = statSync(DESCRIPTORS);
    // Reading the folder opens one more, which is not the host's.
    return size > 0 ? size : readdirSync(DESCRIPTORS).length - 1;
  } catch {
    return undefined;
  }
}

/** The soft limit; undefined for `unlimited`, or where the text has none. */
export function parseDescriptorLimit(limits: string): number | undefined {
  const soft = /^Max open files {1,32}(\d{1,20}) /m.exec(limits)?.[1];
  return soft === undefined ? undefined : Number(soft);
}
