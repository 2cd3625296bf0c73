import { CONSOLE_LEVELS, type ConsoleLevel, type FaroLog } from "./faro-payload.ts";
import { FARO_LIMITS } from "./limits.ts";
import type { Masking } from "./masking.ts";
import { readContext } from "./read-context.ts";
import { type Fields, fieldOf, readText, toFields } from "./read-fields.ts";
import { readPlace } from "./read-place.ts";

const NOTHING_KNOWN: ReadonlySet<string> = new Set();

/** Undefined where there is nothing to be shown. */
export function readLog(item: Fields, masking: Masking): FaroLog | undefined {
  const message = readText(fieldOf(item, "message"), FARO_LIMITS.message, masking);
  if (message === undefined) return undefined;
  const level = fieldOf(item, "level");
  return {
    kind: "log",
    ...readPlace(item),
    level: isLevel(level) ? level : "log",
    message,
    context: readContext(toFields(fieldOf(item, "context")), NOTHING_KNOWN, masking),
  };
}

function isLevel(value: unknown): value is ConsoleLevel {
  return (CONSOLE_LEVELS as readonly unknown[]).includes(value);
}
