import type { Attributes } from "@sightline/core";

/** Who speaks. One object per source and run: records with the same object share a resource. */
export interface Identity {
  /** `service.name`. The same after a redeploy under the same name. */
  readonly service: string;
  /** `service.version`: the image's tag, or the start of its id where the tag says nothing. */
  readonly release: string | undefined;
  /** Attributes of the OTLP resource of lines, `service.name` among them. */
  readonly resource: Attributes;
  /** Attributes of the OTLP resource of metrics: nothing that is new with every start. */
  readonly metricResource: Attributes;
}
