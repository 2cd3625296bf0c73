import {
  type Fingerprint,
  fingerprint,
  formatBrowserError,
  isInAppFile,
  type MutedError,
  mutedFingerprint,
  type StackFrame,
  toCommonError,
} from "@sightline/core";
import type { FrameResolution, UnresolvedReason } from "@sightline/source-maps";
import type { FaroCause, FaroException, FaroFrame } from "../faro/faro-payload.ts";
import { exceptionText, raisedText } from "./stack-text.ts";

export type FrameOutcome = "resolved" | UnresolvedReason;

/** An exception with all that could be found out about it. */
export interface ReadableError {
  readonly print: Fingerprint;
  readonly muted: MutedError | undefined;
  readonly body: string;
  /** How many frames ended how; those of engines are in none. */
  readonly outcomes: ReadonlyMap<FrameOutcome, number>;
  /** `file=debug id` pairs. */
  readonly debugIds: string | undefined;
}

const MAX_BODY_CHARACTERS = 65_536;
const MAX_DEBUG_IDS_CHARACTERS = 6_000;
/** Safari hides the address of its extensions. */
const EXTENSION = /^(?:[a-z-]{1,30}-extension:|webkit-masked-url:)/;
const SCRIPT_FILE = /\.(?:[cm]?[jt]sx?|vue|svelte|wasm)$/i;
/** A minifier's names are others in each build: of classes, and of functions up to three characters. */
const MINIFIED_TYPE = /^[\w$]{1,2}$/;
const MINIFIED_FUNCTION = /(?:^|[./#\s])[\w$]{1,3}$/;

/** All frames of an exception and of its causes, in this order, as they are given to be resolved. */
export function allFrames({ frames, causes }: FaroException): FaroFrame[] {
  const byFile = debugIdsByFile(frames);
  const ofCauses = causes.flatMap((cause) =>
    cause.frames.map((frame) => withDebugId(frame, byFile)),
  );
  return [...frames, ...ofCauses];
}

/** @param resolutions of {@link allFrames}, one each. */
export function toReadableError(
  exception: FaroException,
  resolutions: readonly FrameResolution[],
): ReadableError {
  const frames = allFrames(exception);
  const resolved = frames.map((frame, index) => readableFrame(frame, resolutions[index]));
  const [own, causes] = splitCauses(resolved, exception);
  const outcomes = countOutcomes(frames, resolutions);
  const muted = mutedKind(exception);
  const shown = exceptionText({ ...exception, frames: own }, causes);
  const raised = outcomes.has("resolved") ? raisedText(exception, exception.causes) : undefined;
  const whole = formatBrowserError({ shown, raised });
  return {
    print: muted === undefined ? printOf(exception, resolutions) : mutedFingerprint(muted),
    muted,
    body: whole.length <= MAX_BODY_CHARACTERS ? whole : shown,
    outcomes,
    debugIds: debugIdsText(frames),
  };
}

function readableFrame(frame: FaroFrame, resolution: FrameResolution | undefined): FaroFrame {
  if (resolution?.status !== "resolved") return frame;
  const { file, line, column } = resolution;
  const name = resolution.function;
  return name === undefined ? { file, line, column } : { function: name, file, line, column };
}

function splitCauses(
  frames: readonly FaroFrame[],
  exception: FaroException,
): [FaroFrame[], FaroCause[]] {
  let at = exception.frames.length;
  const causes = exception.causes.map((cause) => {
    const start = at;
    at += cause.frames.length;
    return { ...cause, frames: frames.slice(start, at) };
  });
  return [frames.slice(0, exception.frames.length), causes];
}

function printOf(
  { type, message, frames }: FaroException,
  resolutions: readonly FrameResolution[],
): Fingerprint {
  const common = toCommonError({ type: MINIFIED_TYPE.test(type) ? "Error" : type, message });
  return fingerprint({
    ...common,
    frames: frames.map((frame, index) => toStackFrame(frame, resolutions[index])),
  });
}

function toStackFrame(frame: FaroFrame, resolution: FrameResolution | undefined): StackFrame {
  const { file, function: name } = readableFrame(frame, resolution);
  const isBuilt = resolution?.status !== "resolved";
  const hasName = name !== undefined && !(isBuilt && MINIFIED_FUNCTION.test(name));
  const named = hasName ? { function: name } : {};
  // Code in the page itself, or made by it: its address would make one problem of each page.
  if (isBuilt && isPageAddress(file)) return { ...named, inApp: true };
  return { ...named, ...(file === undefined ? {} : { file }), inApp: isInAppFile(file) };
}

function isPageAddress(file: string | undefined): boolean {
  return file !== undefined && /^(?:https?|blob|data):/.test(file) && !SCRIPT_FILE.test(file);
}

function mutedKind({ message, type, frames }: FaroException): MutedError | undefined {
  const first = frames.find(({ file }) => file?.includes(":"));
  if (first?.file !== undefined) return EXTENSION.test(first.file) ? "extension" : undefined;
  return /^Script error\.?$/i.test(message) || /^Script error\.?$/i.test(type)
    ? "script_error"
    : undefined;
}

function countOutcomes(
  frames: readonly FaroFrame[],
  resolutions: readonly FrameResolution[],
): Map<FrameOutcome, number> {
  const outcomes = new Map<FrameOutcome, number>();
  frames.forEach(({ file }, index) => {
    if (file === undefined || !file.includes("/")) return;
    const resolution = resolutions[index];
    const outcome =
      resolution?.status === "unresolved" ? resolution.reason : (resolution?.status ?? "no_map");
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  return outcomes;
}

function debugIdsByFile(frames: readonly FaroFrame[]): Map<string, string> {
  const byFile = new Map<string, string>();
  for (const { file, debugId } of frames) {
    if (file !== undefined && debugId !== undefined) byFile.set(file, debugId);
  }
  return byFile;
}

/** Stacks of causes come as text; most of their files are in the stack of the error itself, too. */
function withDebugId(frame: FaroFrame, byFile: ReadonlyMap<string, string>): FaroFrame {
  const debugId = frame.file === undefined ? undefined : byFile.get(frame.file);
  return debugId === undefined ? frame : { ...frame, debugId };
}

function debugIdsText(frames: readonly FaroFrame[]): string | undefined {
  let text = "";
  for (const [file, debugId] of debugIdsByFile(frames)) {
    const pair = `${file}=${debugId}`;
    if (text.length + pair.length >= MAX_DEBUG_IDS_CHARACTERS) continue;
    text += text === "" ? pair : ` ${pair}`;
  }
  return text === "" ? undefined : text;
}
