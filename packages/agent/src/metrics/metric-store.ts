import type { Attributes } from "@sightline/core";

/** Attributes of a resource of metrics; the same object (or equal content) is the same resource. */
export type MetricResource = Attributes;

/**
 * Metrics of many services in one process, which the SDK's one-resource meter cannot hold. All
 * cumulative; a series that was forgotten is not exported any more. Names, units and kinds come from
 * one table of instruments, so a name without an instrument does not compile.
 */
export interface MetricStore<Name extends string = string> {
  /** Adds to a counter. */
  add(resource: MetricResource, name: Name, attributes: Attributes, value: number): void;
  /** Sets a counter whose total somebody else keeps (Docker's CPU nanoseconds). May fall: a reset. */
  setTotal(resource: MetricResource, name: Name, attributes: Attributes, total: number): void;
  /** Sets a gauge. */
  set(resource: MetricResource, name: Name, attributes: Attributes, value: number): void;
  /** Adds an observation to a histogram; without a value it counts, and has no duration. */
  observe(
    resource: MetricResource,
    name: Name,
    attributes: Attributes,
    value: number | undefined,
  ): void;
  /** The source is gone: its gauges end now, its counters stay for one more export. */
  forget(resource: MetricResource): void;
}
