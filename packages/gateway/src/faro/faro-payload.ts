import type { AttributeValue } from "@sightline/core";

/** What was read of a payload: masked, within limits, and of a shape that is known. */
export interface FaroPayload {
  readonly page: FaroPage;
  /** Of every list in the order they came in. */
  readonly items: readonly FaroItem[];
  /** `resourceSpans` as they came; read in `traces/`. */
  readonly resourceSpans: readonly unknown[];
  /** Items that are none. */
  readonly malformed: number;
  /** Items beyond {@link FARO_LIMITS}. */
  readonly overLimit: number;
}

/** Of Faro's `meta`: where, with what and who. */
export interface FaroPage {
  readonly release?: string | undefined;
  /** As it came; only ever hashed. */
  readonly userId?: string | undefined;
  /** As it came; only ever hashed. */
  readonly installationId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly previousSessionId?: string | undefined;
  /** Path of the page's address. */
  readonly path?: string | undefined;
  /** The name of the view, where the page has named one. */
  readonly view?: string | undefined;
  readonly browser: FaroBrowser;
}

export interface FaroBrowser {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly osName?: string | undefined;
  readonly mobile?: boolean | undefined;
  readonly language?: string | undefined;
}

interface ItemBase {
  /** By the page's clock, Unix milliseconds; undefined where it does not say. */
  readonly timeMillis: number | undefined;
  /** 32 hexadecimal digits. */
  readonly traceId?: string | undefined;
  /** 16 hexadecimal digits. */
  readonly spanId?: string | undefined;
  /** What the page said beside it, as JSON text. */
  readonly context?: string | undefined;
}

export interface FaroLog extends ItemBase {
  readonly kind: "log";
  readonly level: ConsoleLevel;
  readonly message: string;
}

export const CONSOLE_LEVELS = ["trace", "debug", "log", "info", "warn", "error"] as const;
export type ConsoleLevel = (typeof CONSOLE_LEVELS)[number];

export interface FaroFrame {
  readonly function?: string;
  /** Without query and fragment. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly debugId?: string;
}

export interface FaroException extends ItemBase {
  readonly kind: "exception";
  readonly type: string;
  readonly message: string;
  /** Innermost call first. */
  readonly frames: readonly FaroFrame[];
  /** Frames beyond the limit. */
  readonly framesLeftOut: number;
  readonly handled: boolean;
  /** How many occurrences it stands for. */
  readonly n: number;
  /** The outermost first. */
  readonly causes: readonly FaroCause[];
  /** JSON text of steps. */
  readonly trail?: string | undefined;
  readonly componentStack?: string | undefined;
}

export interface FaroCause {
  readonly type: string;
  readonly message: string;
  /** As the browser wrote it, without the line that tells type and message. */
  readonly frames: readonly FaroFrame[];
}

export interface FaroMeasurement extends ItemBase {
  readonly kind: "measurement";
  readonly type: string;
  readonly values: ReadonlyMap<string, number>;
}

export interface FaroEvent extends ItemBase {
  readonly kind: "event";
  readonly name: string;
  /** Those that have a name in `conventions.ts`. */
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}

export type FaroItem = FaroLog | FaroException | FaroMeasurement | FaroEvent;
