import { type AccessResult, NO_REQUEST } from "./access-line.ts";
import { APP_FORMATS } from "./formats/app-lines.ts";
import { COMMON_LOG } from "./formats/common-log.ts";
import { JSON_FORMATS } from "./formats/json-logs.ts";
import type { LineFormat } from "./formats/line-format.ts";

/** In the order in which they are tried; what is told apart at the first character costs nothing. */
const TEXT_FORMATS: readonly LineFormat[] = [COMMON_LOG, ...APP_FORMATS];

/** What one source writes, as far as its lines have shown. */
export interface Detection {
  read(text: string): AccessResult;
  format(): LineFormat | undefined;
  /** A new run begins, maybe of another image. */
  restart(): void;
}

/** A line is looked at closely only if it is no longer than an access line may be. */
const MAX_LINE_LENGTH = 32_768;
/** Lines without a hit, from the start, after which only some are looked at. */
const PATIENCE_LINES = 20;
const LOOK_EVERY_LINES = 4;
/** Lines without one of the known format, after which other formats count again. */
const CHANGE_LINES = 50;

/**
 * Learns the format of a source from its lines. Once it has hit, it looks at every line, and takes
 * only that format: a server and the framework inside it may both tell of the same request. A source
 * that never hit is looked at in every fourth line, so a rare access line is found a little later.
 */
export function createDetection(): Detection {
  let known: LineFormat | undefined;
  let misses = 0;

  function restart(): void {
    known = undefined;
    misses = 0;
  }

  function look(text: string): AccessResult {
    for (const format of candidates(text)) {
      const found = readAs(format, text);
      if (found === undefined) continue;
      // What is no request shows no format: garbage looks alike in many.
      if (found !== NO_REQUEST) known = format;
      misses = 0;
      return found;
    }
    misses += 1;
    return undefined;
  }

  return {
    read(text) {
      if (text.length > MAX_LINE_LENGTH) return undefined;
      if (known === undefined) {
        const isSkipped = misses >= PATIENCE_LINES && misses % LOOK_EVERY_LINES !== 0;
        if (!isSkipped) return look(text);
        misses += 1;
        return undefined;
      }
      const found = readAs(known, text);
      if (found !== undefined) {
        misses = 0;
        return found;
      }
      misses += 1;
      return misses > CHANGE_LINES ? look(text) : undefined;
    },
    format: () => known,
    restart,
  };
}

const HEAD_LENGTH = 512;

/** The line, if it is one of this format. */
export function readAs(format: LineFormat, text: string): AccessResult {
  const head = text.length <= HEAD_LENGTH ? text : text.slice(0, HEAD_LENGTH);
  return format.mayBe(head, text) ? format.parse(text) : undefined;
}

const BRACE = 123;

function candidates(text: string): readonly LineFormat[] {
  return text.charCodeAt(0) === BRACE ? JSON_FORMATS : TEXT_FORMATS;
}
