import { type Redactor, SEVERITY } from "@sightline/core";
import type { LineSink } from "@sightline/wire";
import type { ErrorRecords } from "./error-records.ts";
import type { LogLine } from "./log-line.ts";
import { toLineRecord } from "./log-record.ts";
import { withLoggedError } from "./logged-error.ts";

export type LineEmitterOptions = {
  readonly lines: Pick<LineSink, "emit">;
  readonly redactor: Redactor;
  readonly errors: ErrorRecords;
};

/** The way of a line out of its logger: a record for the line, and one for the error it carries. */
export function createLineEmitter(options: LineEmitterOptions): (line: LogLine) => void {
  const { lines, redactor, errors } = options;
  return (line) => {
    const record = toLineRecord(line, redactor);
    const isSevere = record.severityNumber >= SEVERITY.ERROR;
    if (!isSevere && (line.error === undefined || line.error.stack === "")) {
      lines.emit(record);
      return;
    }
    const told = line.error === undefined ? withLoggedError(record) : record;
    lines.emit(told);
    errors.note(told, line);
  };
}
