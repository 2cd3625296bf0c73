import type { DropReason, LogsMode } from "@sightline/core";
import type { LogLine } from "../logs/log-line.ts";
import { loggerHooks } from "../logs/logger-hooks.ts";
import { printedFields } from "../logs/printed-fields.ts";
import type { PinoCall, PinoHook } from "./patch-as-json.ts";
import { streamWriteOf } from "./pino-class.ts";
import { readLine } from "./read-line.ts";

const MAX_KEPT_CHARACTERS = 65_536;

export type PinoHookOptions = {
  readonly mode: Exclude<LogsMode, "off">;
  readonly emit: (line: LogLine) => void;
  readonly nowMillis: () => number;
  /** Told of a line that could not be taken. */
  readonly countDropped: (reason: DropReason) => void;
};

/** What happens to a line of pino: exported, or stamped with the trace and left to be printed. */
export function createPinoHook({ mode, emit, nowMillis, countDropped }: PinoHookOptions): PinoHook {
  if (mode === "stdout") return ({ json }) => stamp(json);

  /** What the line is after the host's `hooks.streamWrite`, which may mask something. */
  function written({ logger, json }: PinoCall): string | undefined {
    const streamWrite = streamWriteOf(logger);
    if (streamWrite === undefined) return json;
    try {
      return String(streamWrite(json));
    } catch {
      countDropped("redaction_failed");
      return undefined;
    }
  }

  return (call) => {
    const json = written(call);
    if (json === undefined) return call.json;
    try {
      // Kept until the next line, so a giant one is not.
      loggerHooks.pinoLine = json.length <= MAX_KEPT_CHARACTERS ? json : undefined;
      emit(readLine(call, json, nowMillis()));
    } catch {
      countDropped("serialization_failed");
    }
    return call.json;
  };
}

/** As the last fields of the line, which is what a reader takes where a name occurs twice. */
function stamp(json: string): string {
  const fields = printedFields();
  if (fields === undefined) return json;
  const end = json.endsWith("}\r\n") ? json.length - 3 : json.length - 2;
  if (end < 1 || json[end] !== "}") return json;
  const comma = json[end - 1] === "{" ? "" : ",";
  return `${json.slice(0, end)}${comma}${JSON.stringify(fields).slice(1, -1)}${json.slice(end)}`;
}
