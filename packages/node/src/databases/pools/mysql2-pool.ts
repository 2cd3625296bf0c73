import { AsyncResource } from "node:async_hooks";
import type { ModuleHandler } from "../watch-modules.ts";
import { beginWait, type PoolReading, watchPool } from "./pool-metrics.ts";
import { type ConnectionOptions, poolName } from "./pool-name.ts";

type Mysql2Pool = {
  readonly config: {
    readonly connectionLimit: number;
    readonly connectionConfig: ConnectionOptions;
  };
  readonly _allConnections: { readonly length: number };
  readonly _freeConnections: { readonly length: number };
  readonly _connectionQueue: { readonly length: number };
  readonly _closed: boolean;
};
type Callback = (...args: unknown[]) => unknown;
type PoolClass = {
  readonly prototype: { getConnection(this: Mysql2Pool, callback: Callback): unknown };
};

/** The pool of `mysql2`; its promise pool is a shell around it. Before 3.11 there was one class. */
export const MYSQL2_POOL_HANDLER: ModuleHandler = {
  database: "mysql2",
  keys: ["mysql2/lib/base/pool.js", "mysql2/lib/pool.js"],
  isReady: (exports) => Object.hasOwn(Object((exports as PoolClass).prototype), "getConnection"),
  patch: (exports) => patchPool(exports as PoolClass),
};

function patchPool({ prototype }: PoolClass): void {
  const original = prototype.getConnection;
  prototype.getConnection = function getConnection(callback) {
    if (typeof callback !== "function") return original.call(this, callback);
    watchPool(this, () => poolName(this.config.connectionConfig, 3306), readPool);
    const end = beginWait(this);
    // As in pg: who waited is woken in the request of another.
    const bound = AsyncResource.bind((...args: unknown[]) => {
      end?.();
      return callback(...args);
    });
    return original.call(this, bound);
  };
}

function readPool(pool: Mysql2Pool): PoolReading | undefined {
  if (pool._closed) return undefined;
  const idle = pool._freeConnections.length;
  return {
    used: pool._allConnections.length - idle,
    idle,
    max: pool.config.connectionLimit,
    pending: pool._connectionQueue.length,
  };
}
