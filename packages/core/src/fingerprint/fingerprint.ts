import { fnv1a64 } from "./hash.ts";
import { maskMessage } from "./message-template.ts";
import { normalizeFile, normalizeFunction, type StackFrame } from "./stack-frame.ts";

/** What is known about one occurrence of an error. */
export interface FingerprintInput {
  /** Class of the exception, `TypeError`; absent or empty for an error that was only logged. */
  readonly type?: string;
  readonly message?: string;
  /** Innermost call first; see `parseStack`. */
  readonly frames?: readonly StackFrame[];
  /** Name of the logger; used only where there are no frames. */
  readonly logger?: string;
}

export interface Fingerprint {
  /** Coarse: type, masked message, top frame of the team's own code. 16 hexadecimal digits. */
  readonly fp: string;
  /** Exact: type and all frames of the team's own code. 16 hexadecimal digits. */
  readonly fpx: string;
  /** What `fp` stands for, for people: `TypeError: cannot read price of undefined at total (cart)`. */
  readonly template: string;
  /** Version of the rules. Fingerprints of different versions are never compared. */
  readonly version: typeof FINGERPRINT_VERSION;
}

export const FINGERPRINT_VERSION = 1;

const MAX_TEMPLATE = 160;
const MAX_TYPE = 120;
const MAX_FRAMES = 50;
const MAX_LIBRARY_FRAMES = 3;
/** Joins parts before hashing; no part can hold it, so `a|b` and `ab` never meet. */
const SEPARATOR = "\u001f";

/**
 * Groups occurrences of the same error. Deterministic and stateless: the same occurrence gets the
 * same fingerprint in every process and browser. Not in it: numbers, ids, quoted text, addresses,
 * line and column, the folder of the deployment, a bundler's hash.
 *
 * @example
 * const { type, message, frames } = parseStack(error.stack);
 * fingerprint({ type, message, frames }).fp; // "3f0c…"
 */
export function fingerprint(input: FingerprintInput): Fingerprint {
  const type = normalizeType(input.type);
  const words = maskMessage(input.message ?? "");
  const keys = frameKeys(input.frames ?? []);
  // Without a frame the logger tells equal texts of different modules apart.
  const place = keys[0] ?? (input.logger ? `logger ${input.logger}` : "");
  const exact = keys.length > 0 ? keys.join(SEPARATOR) : words + SEPARATOR + place;
  return {
    fp: fnv1a64(["1", type, words, place].join(SEPARATOR)),
    fpx: fnv1a64(["1x", type, exact].join(SEPARATOR)),
    template: readable(type, words, keys[0]),
    version: FINGERPRINT_VERSION,
  };
}

/** A class name that is made at run time may hold ids; one that is not a name at all is dropped. */
function normalizeType(type: string | undefined): string {
  const name = (type ?? "").slice(0, MAX_TYPE).trim();
  return /^[\p{L}_$][\p{L}\p{N}_$.:/\\-]*$/u.test(name) ? name.replace(/\d{3,}/g, "") : "";
}

/** Frames of the team's own code; where there are none, the first three of the libraries. */
function frameKeys(frames: readonly StackFrame[]): string[] {
  const own = frames.filter((frame) => frame.inApp);
  const chosen = own.length > 0 ? own.slice(0, MAX_FRAMES) : frames.slice(0, MAX_LIBRARY_FRAMES);
  return withoutRecursion(chosen.map(frameKey).filter((key) => key !== ""));
}

function frameKey(frame: StackFrame): string {
  if (frame.key !== undefined) return frame.key;
  const name = normalizeFunction(frame.function);
  const file = normalizeFile(frame.file);
  if (name === "") return file;
  return file === "" ? name : `${name} (${file})`;
}

/** A, A, A and A, B, A, B are one turn of a recursion whose depth is chance. */
function withoutRecursion(keys: readonly string[]): string[] {
  const out: string[] = [];
  for (const key of keys) {
    if (key === out.at(-1)) continue;
    out.push(key);
    const size = out.length;
    const isCycle = size >= 4 && out[size - 4] === out[size - 2] && out[size - 3] === out[size - 1];
    if (isCycle) out.length = size - 2;
  }
  return out;
}

/** In the words the name comes first, so that it is never cut; people say it the other way around. */
const READ_OF_NOTHING = /^(\S{1,80}) cannot read properties of (undefined|null)\b/;

function readable(type: string, words: string, frame: string | undefined): string {
  const said = words.replace(READ_OF_NOTHING, "cannot read $1 of $2");
  const head = [type, said].filter((part) => part !== "").join(": ") || "error without message";
  const text = frame === undefined ? head : `${head} at ${frame}`;
  return text.length <= MAX_TEMPLATE ? text : `${text.slice(0, MAX_TEMPLATE - 1)}…`;
}
