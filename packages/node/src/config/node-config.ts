import type { LogsMode, RedactorOptions } from "@sightline/core";
import type { Signal, UserKey } from "@sightline/wire";
import type { DatabaseName } from "../databases/database-names.ts";
import type { LoggerName } from "../logs/loggers.ts";

/** One of the samplers of `OTEL_TRACES_SAMPLER`; `ratio` counts for `ratio` only. */
export type SamplerConfig = {
  readonly kind: "always_on" | "always_off" | "ratio";
  /** Share of traces kept, 0 to 1. */
  readonly ratio: number;
  /** Whether a decision made upstream is followed. */
  readonly isParentBased: boolean;
};

export type SpoolConfig = { readonly directory: string; readonly maxBytes: number };

/** The crash recorder: the folder of the service, and the size of one process' file. */
export type RingConfig = { readonly directory: string; readonly maxBytes: number };

export type SignalEndpoints = Readonly<Record<Signal, string>>;

/** Every setting after code, environment and defaults are merged. Plain data, comparable. */
export type NodeConfig = {
  readonly enabled: boolean;
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly endpoint: string;
  /** Full URLs, one per signal. */
  readonly endpoints: SignalEndpoints;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: `none` to a receiver on this machine, else `gzip`. */
  readonly compression: "gzip" | "none" | undefined;
  readonly exportTimeoutMillis: number;
  readonly logs: LogsMode;
  readonly loggers: readonly LoggerName[];
  readonly winstonFormats: boolean;
  readonly metrics: boolean;
  readonly promClient: boolean;
  readonly metricIntervalMillis: number;
  readonly traces: boolean;
  readonly sampler: SamplerConfig;
  readonly databases: readonly DatabaseName[];
  readonly spool: SpoolConfig | undefined;
  readonly ring: RingConfig | undefined;
  readonly maxMemoryBytes: number;
  readonly redaction: RedactorOptions;
  /** Undefined: users are not counted. Prints and JSON do not show what is in it. */
  readonly userKey: UserKey | undefined;
  readonly flushTimeoutMillis: number;
  readonly maxRoutes: number;
  readonly maxPeers: number;
  readonly maxTemplates: number;
  readonly maxLabelValues: number;
  readonly clientTemplate: ((url: string) => string | undefined) | undefined;
  readonly handleSignals: boolean;
  readonly startupLine: boolean;
};

/** What the defaults need to know of the machine; read once by `readHostFacts`. */
export type HostFacts = {
  readonly packageName: string | undefined;
  readonly packageVersion: string | undefined;
  readonly hostname: string;
  readonly isContainer: boolean;
  readonly homeDirectory: string;
  readonly instanceId: string;
  readonly distroVersion: string;
};
