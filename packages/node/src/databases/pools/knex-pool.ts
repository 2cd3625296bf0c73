import type { ModuleHandler } from "../watch-modules.ts";
import { beginWait, type PoolReading, watchPool } from "./pool-metrics.ts";
import { type ConnectionOptions, poolName } from "./pool-name.ts";

/** Of `tarn`, which knex keeps its connections in. */
type TarnPool = {
  readonly max: number;
  readonly destroyed?: boolean;
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
  acquire(): { readonly promise: Promise<unknown> };
};
type KnexClient = {
  pool?: TarnPool;
  readonly driverName?: string;
  readonly connectionSettings?: ConnectionOptions;
};
type ClientClass = {
  readonly prototype: { initializePool(this: KnexClient, ...args: unknown[]): unknown };
};

/** Ports that a driver uses when it is told none. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  pg: 5432,
  mysql: 3306,
  mysql2: 3306,
  tedious: 1433,
};

export const KNEX_HANDLER: ModuleHandler = {
  database: "knex",
  keys: ["knex/lib/client.js"],
  isReady: (exports) => typeof (exports as ClientClass).prototype?.initializePool === "function",
  patch: (exports) => patchClient(exports as ClientClass),
};

function patchClient({ prototype }: ClientClass): void {
  const original = prototype.initializePool;
  prototype.initializePool = function initializePool(...args) {
    const result = original.apply(this, args);
    const { pool } = this;
    if (pool !== undefined && typeof pool.numUsed === "function") {
      const { connectionSettings = {}, driverName = "" } = this;
      watchPool(pool, () => poolName(connectionSettings, DEFAULT_PORTS[driverName]), readPool);
      timeWaits(pool);
    }
    return result;
  };
}

function timeWaits(pool: TarnPool): void {
  const original = pool.acquire;
  pool.acquire = function acquire(...args) {
    const pending = original.apply(this, args);
    const end = beginWait(this);
    if (end !== undefined) pending.promise.then(end, end);
    return pending;
  };
}

function readPool(pool: TarnPool): PoolReading | undefined {
  if (pool.destroyed === true) return undefined;
  return {
    used: pool.numUsed(),
    idle: pool.numFree(),
    max: pool.max,
    pending: pool.numPendingAcquires(),
  };
}
