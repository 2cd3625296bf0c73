/** Levels of the console. */
export type ConsoleLevel = "debug" | "log" | "info" | "warn" | "error";

/** What a page may say. Everything but `key` has a default that is right for most. */
export interface SightlineOptions {
  /** The app's public key, from `apps` in sightline.yaml. */
  readonly key: string;
  /** Where the gateway is; `/sl` on the page's own origin without it. */
  readonly url?: string;
  /** A same-origin path to the gateway for when a blocker stops `url`. */
  readonly fallbackUrl?: string;
  /** `service.version` of the build. */
  readonly release?: string;
  /** Which calls of the console are taken. Default `["info", "warn", "error"]`. */
  readonly consoleLevels?: readonly ConsoleLevel[];
  /** Origins beside the page's own that get trace headers: exact, or a pattern. */
  readonly traceOrigins?: readonly (string | RegExp)[];
  /** Share of sessions that are told, 0 to 1. Default 1. */
  readonly sampleRate?: number;
  /**
   * How far a session reaches: over all tabs of the `browser` (default), or one `tab`. It ends after 15
   * minutes without the user, or 4 hours.
   */
  readonly sessionScope?: "browser" | "tab";
  /** `granted` (default) tells at once; `pending` keeps everything in memory until `consent()`; `denied` takes nothing. */
  readonly consent?: "granted" | "pending" | "denied";
  /** Texts that match are masked, beside the built-in patterns. */
  readonly redact?: readonly RegExp[];
  /** Errors whose text or file matches are not told. */
  readonly ignoreErrors?: readonly (string | RegExp)[];
  /** The route template of an address, `/orders/:id`, where no router tells it. */
  readonly routeOf?: (path: string) => string | undefined;
  /** Statuses of requests that count as failed. Default 500 to 599, and no answer. */
  readonly failedStatus?: (status: number) => boolean;
  /** Bytes that may wait in the browser. Default 4,000,000. */
  readonly maxQueueBytes?: number;
}

export interface ErrorDetails {
  /** False: nobody caught it. Default true. */
  readonly handled?: boolean;
  /** Where the framework was. */
  readonly componentStack?: string;
  /** Beside the error; masked like everything. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What a page holds after `startSightline`. No call ever throws into the page. */
export interface Sightline {
  /** From here on this user; hashed at the gateway, never stored. `undefined` after signing out. */
  identify(userId: string | undefined): void;
  reportError(error: unknown, details?: ErrorDetails): void;
  /** A line of the page's own, as if the console had been called. */
  log(level: ConsoleLevel, text: string, attributes?: Readonly<Record<string, string>>): void;
  /** The template of the page that is shown now, `/orders/:id`. */
  setRoute(template: string): void;
  consent(given: "granted" | "denied"): void;
  /** Sends what waits. */
  flush(timeoutMillis?: number): Promise<"sent" | "waiting">;
  /** Takes every hook back. */
  stop(): void;
}
