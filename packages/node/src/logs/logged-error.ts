import { ATTRIBUTE, ERROR_FIELD, fingerprint } from "@sightline/core";
import type { LineRecord } from "@sightline/wire";
import { CONSOLE_LOGGER } from "../console/read-call.ts";

/**
 * A line of level ERROR without an error object groups by its words, as it does where the agent
 * ships it: the list of problems must not depend on who ships a line.
 */
export function withLoggedError(record: LineRecord): LineRecord {
  const { attributes } = record;
  const logger = attributes[ATTRIBUTE.loggerName];
  // A printed line does not say that it came by the console.
  const isNamed = typeof logger === "string" && logger !== CONSOLE_LOGGER;
  const { fp, fpx, template, version } = fingerprint({
    message: record.body,
    ...(isNamed ? { logger } : {}),
  });
  return {
    ...record,
    attributes: {
      ...attributes,
      [ERROR_FIELD.fp]: fp,
      [ERROR_FIELD.fpx]: fpx,
      [ERROR_FIELD.fpTemplate]: template,
      [ERROR_FIELD.fpVersion]: version,
    },
  };
}
