import { Module } from "node:module";
import { createNoopMeter, type MeterProvider } from "@opentelemetry/api";
import type {
  Instrumentation,
  InstrumentationModuleDefinition,
  InstrumentationModuleFile,
} from "@opentelemetry/instrumentation";
import { requireHere } from "../require-here.ts";
import type { DatabaseName } from "./database-names.ts";
import { databaseTracerProvider, SENT_AGAIN } from "./database-tracer.ts";
import { maskCommand, maskDocument } from "./statement.ts";
import { isInRange } from "./version-range.ts";
import type { ModuleHandler } from "./watch-modules.ts";

/** What we use of `InstrumentationBase` of 0.300 beside its public part; versions are exact. */
type Base = Instrumentation & {
  getModuleDefinitions(): InstrumentationModuleDefinition[];
  _wrap?: Wrap;
  _unwrap?: (target: object, name: string) => void;
  _requireInTheMiddleSingleton?: { constructor: { _instance?: unknown } };
  instrumentationV2_V3?: Base;
  instrumentationV4_V5?: Base;
};
type Wrap = (target: Record<string, unknown>, name: string, wrapper: unknown) => unknown;

type Row = {
  readonly database: DatabaseName;
  /** Files to patch, as {@link ModuleHandler} names them, and what shows that they are loaded. */
  readonly keys: readonly string[];
  isReady(exports: unknown): boolean;
  load(): Base;
};

const hasPrototype = (exports: unknown): boolean => typeof exports === "function";
const hasDefaultClass = (exports: unknown): boolean =>
  typeof (exports as { default?: unknown }).default === "function";
const hasAny =
  (...names: readonly string[]) =>
  (exports: unknown): boolean =>
    names.some((name) => typeof (exports as Record<string, unknown>)[name] === "function");

/** Statements are masked later, and only where a span is kept; see `DatabaseSpan`. */
const later = (text: () => string): string => text as unknown as string;
const redisOptions = {
  enabled: false,
  dbStatementSerializer(command: string, args: unknown): string {
    if (isSentAgain(args)) return SENT_AGAIN;
    return later(() => maskCommand(command, args));
  },
};
const commandsSent = new WeakSet<object>();

/**
 * ioredis sends a command once more when it had to wait for the connection, or when a cluster sends it
 * elsewhere; its arguments are the same list then. It is one operation all the same.
 */
function isSentAgain(args: unknown): boolean {
  if (typeof args !== "object" || args === null) return false;
  if (commandsSent.has(args)) return true;
  commandsSent.add(args);
  return false;
}
const newRedis = (): Base => {
  const { RedisInstrumentation } = requireHere()(
    "@opentelemetry/instrumentation-redis",
  ) as typeof import("@opentelemetry/instrumentation-redis");
  return new RedisInstrumentation(redisOptions) as unknown as Base;
};
const newMongo = (): Base => {
  const { MongoDBInstrumentation } = requireHere()(
    "@opentelemetry/instrumentation-mongodb",
  ) as typeof import("@opentelemetry/instrumentation-mongodb");
  return new MongoDBInstrumentation({
    enabled: false,
    requireParentSpan: false,
    dbStatementSerializer: (command) => later(() => maskDocument(command)),
  }) as unknown as Base;
};

/** Two names of one client: `redis` 4 began as `@node-redis`. */
const redisFiles = (file: string): string[] => [
  `@redis/client/dist/lib/${file}`,
  `@node-redis/client/dist/lib/${file}`,
];

const ROWS: readonly Row[] = [
  {
    database: "pg",
    keys: ["pg/lib/client.js", "pg/lib/native/client.js"],
    isReady: hasPrototype,
    load() {
      const { PgInstrumentation } = requireHere()(
        "@opentelemetry/instrumentation-pg",
      ) as typeof import("@opentelemetry/instrumentation-pg");
      // Waits for a connection are a metric of ours; a span for each would double every trace.
      const options = { enabled: false, ignoreConnectSpans: true };
      return new PgInstrumentation(options) as unknown as Base;
    },
  },
  {
    database: "mysql2",
    keys: ["mysql2/lib/connection.js"],
    isReady: hasPrototype,
    load() {
      const { MySQL2Instrumentation } = requireHere()(
        "@opentelemetry/instrumentation-mysql2",
      ) as typeof import("@opentelemetry/instrumentation-mysql2");
      // A hook, because without one the values are written into the statement.
      const options = {
        enabled: false,
        maskStatement: true,
        maskStatementHook: (sql: string) => sql,
      };
      return new MySQL2Instrumentation(options) as unknown as Base;
    },
  },
  {
    database: "ioredis",
    keys: ["ioredis", "ioredis/built/index.js"],
    isReady: hasPrototype,
    load() {
      const { IORedisInstrumentation } = requireHere()(
        "@opentelemetry/instrumentation-ioredis",
      ) as typeof import("@opentelemetry/instrumentation-ioredis");
      const options = { ...redisOptions, requireParentSpan: false };
      return new IORedisInstrumentation(options) as unknown as Base;
    },
  },
  {
    database: "redis",
    keys: ["redis", "redis/index.js"],
    isReady: hasAny("RedisClient"),
    load: newRedis,
  },
  {
    database: "redis",
    keys: redisFiles("commander.js"),
    isReady: hasAny("attachCommands", "extendWithCommands"),
    load: newRedis,
  },
  {
    database: "redis",
    keys: ["client/multi-command.js", "client/index.js", "cluster/index.js"]
      .concat("cluster/multi-command.js")
      .flatMap(redisFiles),
    isReady: hasDefaultClass,
    load: newRedis,
  },
  {
    database: "mongodb",
    keys: ["mongodb/lib/cmap/connection.js"],
    isReady: hasAny("Connection"),
    load: newMongo,
  },
  {
    database: "mongodb",
    keys: ["mongodb/lib/cmap/connection_pool.js"],
    isReady: hasAny("ConnectionPool"),
    load: newMongo,
  },
  {
    database: "mongodb",
    keys: ["mongodb/lib/core/wireprotocol/index.js"],
    isReady: hasAny("command"),
    load: newMongo,
  },
];

/** One per process, since it holds what was patched. */
const loaded = new Map<DatabaseName, readonly InstrumentationModuleDefinition[]>();

/** Let OpenTelemetry's instrumentations patch the drivers. Nothing is loaded before a driver is. */
export const OTEL_HANDLERS: readonly ModuleHandler[] = ROWS.map((row) => ({
  database: row.database,
  keys: row.keys,
  isReady: (exports) => row.isReady(exports),
  patch: (exports, version, key) => patchFile(row, key, exports, version),
}));

let isPatching = false;

function patchFile(row: Row, key: string, exports: unknown, version: string | undefined): void {
  const definitions = loaded.get(row.database) ?? prepare(row.load);
  loaded.set(row.database, definitions);
  isPatching = true;
  try {
    for (const { patch, supportedVersions } of findParts(definitions, key)) {
      if (supportedVersions.some((range) => isInRange(version, range))) patch(exports, version);
    }
  } finally {
    isPatching = false;
  }
}

type Part = Pick<InstrumentationModuleFile, "patch" | "supportedVersions">;

function findParts(definitions: readonly InstrumentationModuleDefinition[], key: string): Part[] {
  const files = definitions.flatMap((definition) => definition.files);
  const ofFile = files.filter(({ name }) => name === key);
  if (ofFile.length > 0) return ofFile;
  // What the package exports: "ioredis", or its main file where an ES module imports it.
  return definitions.flatMap(({ name, patch, supportedVersions }) =>
    key.split("/")[0] === name && patch !== undefined ? [{ patch, supportedVersions }] : [],
  );
}

/**
 * Builds an instrumentation that patches only what is handed to it. Its base class replaces
 * `Module.prototype.require` as soon as one is built, for the hook that we do not use; that would be
 * paid at each `require` of the host, so it is taken back at once.
 */
function prepare(load: () => Base): readonly InstrumentationModuleDefinition[] {
  const hooks = { require: Module.prototype.require, builtin: process.getBuiltinModule };
  const instrumentation = load();
  const singleton = instrumentation._requireInTheMiddleSingleton?.constructor;
  if (Module.prototype.require !== hooks.require) {
    Module.prototype.require = hooks.require;
    process.getBuiltinModule = hooks.builtin;
    // The host may use the same copy: its first instrumentation then builds a hook that works.
    if (singleton !== undefined) delete singleton._instance;
  }
  instrumentation.setTracerProvider(databaseTracerProvider);
  for (const part of partsOf(instrumentation)) {
    // Its own metrics go nowhere: they mix up the numbers of two pools, and only pg has any.
    part.setMeterProvider(NO_METERS);
    leaveWrapped(part);
  }
  return instrumentation.getModuleDefinitions();
}

function partsOf(instrumentation: Base): Base[] {
  const { instrumentationV2_V3, instrumentationV4_V5 } = instrumentation;
  return [instrumentation, instrumentationV2_V3, instrumentationV4_V5].filter(
    (part) => part !== undefined,
  );
}

const NO_METERS: MeterProvider = { getMeter: () => createNoopMeter() };

/**
 * While patching a module: what another instrumentation has wrapped already stays its own, or one
 * query would be two spans. Later, single callbacks are wrapped, each time anew.
 */
function leaveWrapped(instrumentation: Base): void {
  const { _wrap: wrap, _unwrap: unwrap } = instrumentation;
  if (wrap === undefined || unwrap === undefined) return;
  instrumentation._wrap = (target, name, wrapper) =>
    isPatching && isWrapped(target[name]) ? undefined : wrap(target, name, wrapper);
  instrumentation._unwrap = (target, name) => {
    if (!isPatching) unwrap(target, name);
  };
}

/** The mark of OpenTelemetry's shimmer. */
function isWrapped(value: unknown): boolean {
  return typeof value === "function" && "__original" in value && "__wrapped" in value;
}
