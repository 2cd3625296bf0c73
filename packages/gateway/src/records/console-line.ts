import { SEVERITY } from "@sightline/core";
import type { ConsoleLevel, FaroLog } from "../faro/faro-payload.ts";
import type { LineParts } from "./draft.ts";

const SEVERITY_OF: Readonly<Record<ConsoleLevel, number>> = {
  trace: SEVERITY.TRACE,
  debug: SEVERITY.DEBUG,
  log: SEVERITY.INFO,
  info: SEVERITY.INFO,
  warn: SEVERITY.WARN,
  error: SEVERITY.ERROR,
};

export function toConsoleLine({ level, message }: FaroLog): LineParts {
  return { severityNumber: SEVERITY_OF[level], severityText: level, body: message };
}
