import { ATTRIBUTE, type DropReason, type LogsMode, type SeverityNumber } from "@sightline/core";
import type { LogLine } from "../logs/log-line.ts";
import { loggerHooks } from "../logs/logger-hooks.ts";
import { printedFields } from "../logs/printed-fields.ts";
import { severityOf } from "./level-severity.ts";
import type { LineHook, WinstonLogger } from "./logger-class.ts";
import { readFormattedInfo, readInfo } from "./read-info.ts";
import { runFormat } from "./run-format.ts";

const LEVEL = Symbol.for("level");

export type LineHookOptions = {
  readonly mode: Exclude<LogsMode, "off">;
  readonly emit: (line: LogLine) => void;
  readonly nowMillis: () => number;
  /** Whether the logger's format runs before a line is taken. Default false. */
  readonly winstonFormats?: boolean;
  /** Told of a line that could not be taken. */
  readonly countDropped?: (reason: DropReason) => void;
};

type Info = Readonly<Record<PropertyKey, unknown>>;

/** What happens to a line of winston: exported, or stamped with the trace and left to be printed. */
export function createLineHook(options: LineHookOptions): LineHook {
  if (options.mode === "stdout") return (_logger, info) => stamp(info);
  const { emit, nowMillis, countDropped } = options;

  function take(logger: WinstonLogger, info: Info, level: string): void {
    const line = readOrShorten(logger, info, level);
    if (line === undefined) return;
    loggerHooks.printing = line.message;
    emit(line);
  }

  function readLine(logger: WinstonLogger, info: Info, level: string): LogLine | undefined {
    const { format } = logger;
    if (options.winstonFormats !== true || format === undefined) {
      return readInfo(info, nowMillis(), level, severityIn(logger, level));
    }
    const formatted = runFormat(format, info);
    if (formatted.status === "failed") countDropped?.("redaction_failed");
    if (formatted.status !== "formatted") return undefined;
    return readFormattedInfo(formatted.info, nowMillis(), level, severityIn(logger, level));
  }

  function readOrShorten(logger: WinstonLogger, info: Info, level: string): LogLine | undefined {
    try {
      return readLine(logger, info, level);
    } catch {
      // Something in the line throws when it is looked at: what can be read is worth having.
      const { message } = info;
      const text = typeof message === "string" ? message : "";
      const fields = { [ATTRIBUTE.fieldsDropped]: 1 };
      return { level, message: text, fields, error: undefined, timeMillis: nowMillis() };
    }
  }

  return (logger, info) => {
    try {
      const fields = info as Info;
      const level = String(fields[LEVEL] ?? fields["level"] ?? "");
      if (isEnabled(logger, level)) take(logger, fields, level);
    } catch {
      countDropped?.("serialization_failed");
    }
    return undefined;
  };
}

/** A line is captured when winston would have given it to at least one transport. */
function isEnabled(logger: WinstonLogger, level: string): boolean {
  return !logger.silent && logger.isLevelEnabled(level);
}

function severityIn({ levels }: WinstonLogger, level: string): SeverityNumber | undefined {
  return levels === undefined ? undefined : severityOf(levels, level);
}

function stamp(info: object): object | undefined {
  const fields = printedFields();
  if (fields === undefined) return undefined;
  // A copy, so that an object which the host logs twice does not keep an old trace. An error must
  // stay the object it is: winston and its formats look at its class and its stack.
  return info instanceof Error ? Object.assign(info, fields) : Object.assign({}, info, fields);
}
