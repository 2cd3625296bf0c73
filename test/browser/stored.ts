import { LOKI_LABEL } from "@sightline/core";
import { readRecords, type StoredRecord } from "../agent/stored.ts";
import { until } from "../harness/until.ts";

const HOUR_MILLIS = 3_600_000;

/** Selects records of one service and kind that contain a text. */
export function ofKind(service: string, kind: string, text = ""): string {
  const { serviceName, kind: label } = LOKI_LABEL;
  const filter = text === "" ? "" : ` |= ${JSON.stringify(text)}`;
  return `{${serviceName}="${service}", ${label}="${kind}"}${filter}`;
}

/** What Loki has of the last hour, and of the minutes in which a fast clock may have put it. */
export function readStored(lokiUrl: string, selector: string): Promise<StoredRecord[]> {
  const now = Date.now();
  return readRecords(lokiUrl, selector, {
    fromMillis: now - HOUR_MILLIS,
    toMillis: now + HOUR_MILLIS,
  });
}

/** The first record of the selector that fits, as soon as there is one. */
export function untilStored(
  lokiUrl: string,
  selector: string,
  fits: (record: StoredRecord) => boolean = () => true,
): Promise<StoredRecord> {
  return until(
    `a record of ${selector}`,
    async () => (await readStored(lokiUrl, selector)).find(fits),
    45_000,
  );
}

export function millisOf({ nanos }: StoredRecord): number {
  return Number(nanos / 1_000_000n);
}
