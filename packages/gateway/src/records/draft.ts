import { ATTRIBUTE, type Attributes, type AttributeValue, KINDS } from "@sightline/core";
import type { LineRecord } from "@sightline/wire";
import type { FaroItem } from "../faro/faro-payload.ts";
import type { PageFacts } from "./page-facts.ts";
import type { Stamp } from "./stamper.ts";

/** A record and the nanoseconds behind its millisecond. */
export interface Draft {
  readonly record: LineRecord;
  readonly nanos: number;
}

const [LINE_KIND] = KINDS;

/** What a line says; the rest of it is the page's, the item's and the stamp's. */
export interface LineParts {
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes?: Attributes;
  readonly eventName?: string;
}

/** A record of kind `log`. The page's attributes win over none of the line's own. */
export function toLine(facts: PageFacts, item: FaroItem, stamp: Stamp, parts: LineParts): Draft {
  const attributes: Record<string, AttributeValue> = {
    [ATTRIBUTE.kind]: LINE_KIND,
    ...facts.attributes,
    ...parts.attributes,
  };
  if (item.context !== undefined) attributes[ATTRIBUTE.pageContext] = item.context;
  if (stamp.eventMillis !== undefined) attributes[ATTRIBUTE.eventTs] = stamp.eventMillis;
  return {
    record: {
      timeUnixMillis: stamp.millis,
      severityNumber: parts.severityNumber,
      severityText: parts.severityText,
      body: parts.body,
      attributes,
      traceId: item.traceId,
      spanId: item.spanId,
      eventName: parts.eventName,
    },
    nanos: stamp.nanos,
  };
}
