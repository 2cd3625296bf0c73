import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Meter, Observable } from "@opentelemetry/api";
import { ATTRIBUTE, METRIC } from "@sightline/core";

/**
 * Time between two probes. Each wakes an idle process: at 10 ms, the default of others, that is
 * 0.28 % of a core, at 20 ms 0.17 %, at 50 ms 0.08 %.
 */
const RESOLUTION_MILLIS = 50;

/**
 * How busy the event loop is, how often it turns and how late it runs. Delays are of the time since
 * the last export. Returns a function that stops the probe.
 */
export function observeEventLoop(meter: Meter): () => void {
  observeUtilization(meter);
  observeIterations(meter);
  return observeDelay(meter);
}

/** Both times count from the loop's own start, so they go on where they were under a new observer. */
function observeUtilization(meter: Meter): void {
  const time = meter.createObservableCounter(METRIC.nodejsEventloopTime, {
    description: "Cumulative time the event loop has been in each state.",
    unit: "s",
  });
  const utilization = meter.createObservableGauge(METRIC.nodejsEventloopUtilization, {
    description: "Share of time the event loop was active since the last export.",
    unit: "1",
  });
  let last = performance.eventLoopUtilization();
  meter.addBatchObservableCallback(
    (result) => {
      const now = performance.eventLoopUtilization();
      result.observe(time, now.active / 1000, { [ATTRIBUTE.nodejsEventloopState]: "active" });
      result.observe(time, now.idle / 1000, { [ATTRIBUTE.nodejsEventloopState]: "idle" });
      result.observe(utilization, performance.eventLoopUtilization(now, last).utilization);
      last = now;
    },
    [time, utilization],
  );
}

function observeIterations(meter: Meter): void {
  meter
    .createObservableCounter(METRIC.appEventloopIterations, {
      description: "Turns of the event loop.",
      unit: "{iteration}",
    })
    .addCallback((result) => result.observe(performance.nodeTiming.uvMetricsInfo.loopCount));
}

type Delay = ReturnType<typeof monitorEventLoopDelay>;

const DELAYS: readonly (readonly [name: string, read: (delay: Delay) => number])[] = [
  [METRIC.nodejsEventloopDelayMin, (delay) => delay.min],
  [METRIC.nodejsEventloopDelayMean, (delay) => delay.mean],
  [METRIC.nodejsEventloopDelayP50, (delay) => delay.percentile(50)],
  [METRIC.nodejsEventloopDelayP90, (delay) => delay.percentile(90)],
  [METRIC.nodejsEventloopDelayP99, (delay) => delay.percentile(99)],
  [METRIC.nodejsEventloopDelayMax, (delay) => delay.max],
];

function observeDelay(meter: Meter): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MILLIS });
  delay.enable();
  const gauges = DELAYS.map(([name, read]) => ({
    gauge: meter.createObservableGauge(name, { description: "Event loop delay.", unit: "s" }),
    read,
  }));
  meter.addBatchObservableCallback(
    (result) => {
      // Without a probe yet, min is the largest number there is and mean is no number.
      if (delay.count === 0) return;
      for (const { gauge, read } of gauges) result.observe(gauge, overdueSeconds(read(delay)));
      delay.reset();
    },
    gauges.map(({ gauge }): Observable => gauge),
  );
  return () => void delay.disable();
}

/** A probe measures its own interval too; what is over it is the delay. */
function overdueSeconds(nanos: number): number {
  return Math.max(0, nanos / 1e9 - RESOLUTION_MILLIS / 1000);
}
