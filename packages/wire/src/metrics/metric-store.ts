import type { Attributes } from "@sightline/core";
import type { NameOf } from "./instruments.ts";

/** Attributes of a resource of metrics; the same object (or equal content) is the same resource. */
export type MetricResource = Attributes;

/**
 * Metrics of many services in one process, which the SDK's one-resource meter cannot hold. All
 * cumulative; a series that was forgotten is not exported any more. Names, units and kinds come from
 * one table of instruments, so a name without an instrument does not compile. Nothing here throws:
 * a value that is no number, or a step back, is left out and counted in `stats()`.
 */
export interface MetricStore {
  /** Adds to a counter. With 0 it begins the series, so that Prometheus knows of it. */
  add(
    resource: MetricResource,
    name: NameOf<"counter">,
    attributes: Attributes,
    value: number,
  ): void;
  /**
   * Sets a counter whose total somebody else keeps (Docker's CPU time). May fall: a reset.
   *
   * @param startUnixMillis since when that total counts, for example the start of the container.
   *   Without it what was counted before the first look belongs to no time, and to no rate.
   */
  setTotal(
    resource: MetricResource,
    name: NameOf<"counter">,
    attributes: Attributes,
    total: number,
    startUnixMillis?: number,
  ): void;
  /** Sets a gauge. */
  set(resource: MetricResource, name: NameOf<"gauge">, attributes: Attributes, value: number): void;
  /**
   * Adds an observation to a histogram; without a value it counts, and has no duration. Prometheus
   * has every observation in its last bucket (`+Inf`), so a quantile over observations with and
   * without a value takes those without for the longest: a source should have one kind.
   */
  observe(
    resource: MetricResource,
    name: NameOf<"histogram">,
    attributes: Attributes,
    value: number | undefined,
  ): void;
  /**
   * The source is gone: its gauges end now, its counters stay for one more export. Whatever is
   * measured of the same resource before that export goes on where the old one ended.
   */
  forget(resource: MetricResource): void;
}
