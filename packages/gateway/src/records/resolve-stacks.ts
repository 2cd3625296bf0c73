import type { FrameResolution, RawFrame, StackResolver } from "@sightline/source-maps";
import { LRUCache } from "lru-cache";
import type { FaroException, FaroFrame } from "../faro/faro-payload.ts";
import { allFrames, type ReadableError, toReadableError } from "./readable-error.ts";
import { headText, raisedText } from "./stack-text.ts";

export interface StackReader {
  /** Never rejects. The same error again costs a look into memory. */
  read(
    service: string,
    exceptions: readonly FaroException[],
  ): ReadableError[] | Promise<ReadableError[]>;
}

export interface StackReaderOptions {
  /** Undefined: no frame is resolved. */
  readonly resolver: StackResolver | undefined;
  /** Bound of what is remembered, about, in bytes. Default 8 MiB. */
  readonly maxBytes?: number;
  /** For how long. Default 60,000. */
  readonly ttlMillis?: number;
}

const MAX_BYTES = 8 * 1024 * 1024;
const TTL_MILLIS = 60_000;
/** A map may come right after the first error of its release; a storm is still resolved seldom. */
const LATE_MAP_TTL_MILLIS = 2_000;
const NO_DEBUG_ID: FrameResolution = { status: "unresolved", reason: "no_debug_id" };
const NO_MAP: FrameResolution = { status: "unresolved", reason: "no_map" };

/** Reads stacks with the maps there are. A storm is one error many times, and is resolved once. */
export function createStackReader(options: StackReaderOptions): StackReader {
  const { resolver, ttlMillis = TTL_MILLIS } = options;
  const known = new LRUCache<string, ReadableError>({
    maxSize: options.maxBytes ?? MAX_BYTES,
    sizeCalculation: (error, key) => 2 * (key.length + error.body.length) + 512,
    ttl: ttlMillis,
  });

  async function resolve(
    service: string,
    frames: readonly FaroFrame[],
  ): Promise<FrameResolution[]> {
    const built = frames.filter(hasDebugId);
    const answers = resolver === undefined ? [] : await resolver.resolve(service, built);
    let next = 0;
    return frames.map((frame) => (hasDebugId(frame) ? (answers[next++] ?? NO_MAP) : NO_DEBUG_ID));
  }

  async function readOne(
    service: string,
    exception: FaroException,
    key: string,
  ): Promise<ReadableError> {
    const frames = allFrames(exception);
    const resolutions = frames.some(hasDebugId)
      ? await resolve(service, frames)
      : frames.map(() => NO_DEBUG_ID);
    const readable = toReadableError(exception, resolutions);
    if (readable.outcomes.has("no_map")) {
      known.set(key, readable, { ttl: Math.min(ttlMillis, LATE_MAP_TTL_MILLIS) });
    } else known.set(key, readable);
    return readable;
  }

  return {
    read(service, exceptions) {
      const keys = exceptions.map((exception) => keyOf(service, exception));
      const before = keys.map((key) => known.get(key));
      if (before.every((readable) => readable !== undefined)) return before;
      return Promise.all(
        exceptions.map(
          (exception, index) => before[index] ?? readOne(service, exception, keys[index] ?? ""),
        ),
      );
    },
  };
}

const hasDebugId = (frame: FaroFrame): frame is FaroFrame & RawFrame => frame.debugId !== undefined;

/** All that the result depends on. */
function keyOf(service: string, exception: FaroException): string {
  const { frames, causes, componentStack = "", framesLeftOut } = exception;
  const ids = frames.map(({ debugId = "" }) => debugId).join();
  const heads = [exception, ...causes].map(headText).join("\n");
  return [service, heads, raisedText(exception, causes), ids, framesLeftOut, componentStack].join(
    "\n\n",
  );
}
