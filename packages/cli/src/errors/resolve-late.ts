import {
  ATTRIBUTE,
  LOKI_LABEL,
  parseBrowserError,
  parseStack,
  type StackFrame,
} from "@sightline/core";
import { openMapFolder, type RawFrame, type UnresolvedReason } from "@sightline/source-maps";
import type { Context } from "../context.ts";
import { readMapsFolder } from "../doctor/gateway-apps.ts";
import type { LogEntry } from "../query/loki.ts";

/** An error as it is read, with every frame that today's source maps can resolve. */
export interface LateStack {
  readonly text: string;
  /** Frames that were resolved now; the gateway had no map of them then. */
  readonly resolvedFrames: number;
  /** Why others stay as they came, each reason with how many. */
  readonly reasons: ReadonlyMap<UnresolvedReason, number>;
}

/** Loki's spelling of an attribute. */
const DEBUG_IDS = ATTRIBUTE.debugIds.replaceAll(".", "_");

/**
 * Resolves what the gateway could not when the error came: a map may arrive after the first error of
 * its release. The stored line stays as it is; only what is shown changes.
 */
export function resolveLate(context: Context, entry: LogEntry): LateStack {
  const { shown } = parseBrowserError(entry.line);
  const lines = shown.split("\n");
  const debugIds = parseDebugIds(entry.fields[DEBUG_IDS] ?? "");
  const open = lines.flatMap((line, index) => {
    const frame = openFrameOf(line, debugIds);
    return frame === undefined ? [] : [{ index, frame }];
  });
  if (open.length === 0) return { text: shown, resolvedFrames: 0, reasons: new Map() };
  const maps = openMapFolder({ mapsFolder: readMapsFolder(context) });
  const service = entry.fields[LOKI_LABEL.serviceName] ?? "";
  const answers = maps.resolve(
    service,
    open.map(({ frame }) => frame),
  );
  const reasons = new Map<UnresolvedReason, number>();
  let resolvedFrames = 0;
  answers.forEach((answer, position) => {
    if (answer.status === "unresolved") {
      reasons.set(answer.reason, (reasons.get(answer.reason) ?? 0) + 1);
      return;
    }
    resolvedFrames += 1;
    const place = `${answer.file}:${answer.line}:${answer.column}`;
    lines[open[position]?.index ?? -1] =
      answer.function === undefined ? `    at ${place}` : `    at ${answer.function} (${place})`;
  });
  return { text: lines.join("\n"), resolvedFrames, reasons };
}

/** `file=debug id` pairs with blanks between them. */
export function parseDebugIds(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(/\s+/).flatMap((pair): [string, string][] => {
    const at = pair.lastIndexOf("=");
    return at < 1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
  });
  return new Map(pairs);
}

/** A frame of a built file whose build is known: one that was resolved names a source instead. */
function openFrameOf(line: string, debugIds: ReadonlyMap<string, string>): RawFrame | undefined {
  const [frame]: readonly StackFrame[] = parseStack(`Error: x\n${line}`).frames;
  const debugId = frame?.file === undefined ? undefined : debugIds.get(frame.file);
  if (frame === undefined || debugId === undefined) return undefined;
  const { inApp: _, key: __, ...raw } = frame;
  return { ...raw, debugId };
}
