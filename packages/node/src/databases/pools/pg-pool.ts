import { AsyncResource } from "node:async_hooks";
import type { ModuleHandler } from "../watch-modules.ts";
import { beginWait, type PoolReading, watchPool } from "./pool-metrics.ts";
import { type ConnectionOptions, poolName } from "./pool-name.ts";

type PgPool = {
  readonly options: ConnectionOptions & { readonly max: number };
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly ended: boolean;
};
type Callback = (...args: unknown[]) => unknown;
type PoolClass = {
  readonly prototype: { connect(this: PgPool, callback?: Callback): unknown };
};

/** `pg.Pool`, whose queries and transactions all go through `connect`. */
export const PG_POOL_HANDLER: ModuleHandler = {
  database: "pg",
  keys: ["pg-pool", "pg-pool/index.js"],
  isReady: (exports) => typeof (exports as PoolClass).prototype?.connect === "function",
  patch: (exports) => patchPool(exports as PoolClass),
};

function patchPool({ prototype }: PoolClass): void {
  const original = prototype.connect;
  prototype.connect = function connect(callback) {
    watchPool(this, () => poolName(this.options, 5432), readPool);
    const end = beginWait(this);
    if (typeof callback !== "function") {
      const result = original.call(this, callback);
      if (end !== undefined) (result as Promise<unknown>).then?.(end, end);
      return result;
    }
    // Who waited is woken by the one who gives the connection back, and would run on in the request
    // of that one: its lines and spans would be another's.
    const bound = AsyncResource.bind((...args: unknown[]) => {
      end?.();
      return callback(...args);
    });
    return original.call(this, bound);
  };
}

function readPool(pool: PgPool): PoolReading | undefined {
  if (pool.ended) return undefined;
  return {
    used: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    max: pool.options.max,
    pending: pool.waitingCount,
  };
}
