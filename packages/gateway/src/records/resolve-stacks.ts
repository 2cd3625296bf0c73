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
/** Different stacks of one payload: one page must not keep the maps' thread from those of others. */
const MAX_STACKS = 50;
const NO_DEBUG_ID: FrameResolution = { status: "unresolved", reason: "no_debug_id" };
const NO_MAP: FrameResolution = { status: "unresolved", reason: "no_map" };
const TOO_MANY: FrameResolution = { status: "unresolved", reason: "too_many_stacks" };

/** Reads stacks with the maps there are. A storm is one error many times, and is resolved once. */
export function createStackReader(options: StackReaderOptions): StackReader {
  const { resolver, ttlMillis: ttl = TTL_MILLIS } = options;
  const known = new LRUCache<string, ReadableError>({
    maxSize: options.maxBytes ?? MAX_BYTES,
    sizeCalculation: (error, key) => 2 * (key.length + error.body.length) + 512,
    ttl,
  });
  const underWay = new Map<string, Promise<ReadableError>>();

  async function resolve(service: string, exception: FaroException): Promise<ReadableError> {
    const frames = allFrames(exception);
    const built = frames.filter(hasDebugId);
    const answers =
      resolver === undefined || built.length === 0 ? [] : await resolver.resolve(service, built);
    let next = 0;
    return toReadableError(
      exception,
      frames.map((frame) => (hasDebugId(frame) ? (answers[next++] ?? NO_MAP) : NO_DEBUG_ID)),
    );
  }

  function resolveOnce(
    service: string,
    exception: FaroException,
    key: string,
  ): Promise<ReadableError> {
    const same = underWay.get(key);
    if (same !== undefined) return same;
    const reading = resolve(service, exception)
      .then((readable) => {
        const isLate = readable.outcomes.has("no_map");
        known.set(key, readable, { ttl: isLate ? Math.min(ttl, LATE_MAP_TTL_MILLIS) : ttl });
        return readable;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  }

  return {
    read(service, exceptions) {
      const keys = exceptions.map((exception) => keyOf(service, exception));
      const before = keys.map((key) => known.get(key));
      if (before.every((readable) => readable !== undefined)) return before;
      const fresh = new Set<string>();
      return Promise.all(
        exceptions.map((exception, index) => {
          const readable = before[index];
          if (readable !== undefined) return readable;
          const key = keys[index] ?? "";
          if (fresh.size >= MAX_STACKS && !fresh.has(key)) return unresolved(exception);
          fresh.add(key);
          return resolveOnce(service, exception, key);
        }),
      );
    },
  };
}

const hasDebugId = (frame: FaroFrame): frame is FaroFrame & RawFrame => frame.debugId !== undefined;

function unresolved(exception: FaroException): ReadableError {
  const resolutions = allFrames(exception).map((frame) =>
    hasDebugId(frame) ? TOO_MANY : NO_DEBUG_ID,
  );
  return toReadableError(exception, resolutions);
}

/** All that the result depends on. */
function keyOf(service: string, exception: FaroException): string {
  const { frames, causes, componentStack = "", framesLeftOut } = exception;
  const ids = frames.map(({ debugId = "" }) => debugId).join();
  const heads = [exception, ...causes].map(headText).join("\n");
  const raised = raisedText(exception, causes);
  return [service, heads, raised, ids, framesLeftOut, componentStack].join("\n\n");
}
