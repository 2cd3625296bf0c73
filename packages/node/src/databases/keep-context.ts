import { AsyncResource } from "node:async_hooks";
import type { DatabaseName } from "./database-names.ts";
import { withDriverError } from "./driver-error.ts";
import type { ModuleHandler } from "./watch-modules.ts";

type Callback = (...args: unknown[]) => unknown;
type Target = Record<string, unknown>;

/**
 * A callback of a query runs when the socket has the answer, and the socket belongs to the request
 * that opened the connection. Without this its lines would carry the trace and the user of that
 * request. Promises keep their own context.
 */
export const KEEP_CONTEXT_HANDLERS: readonly ModuleHandler[] = [
  handler("pg", "pg/lib/client.js", ["query"]),
  handler("mysql2", "mysql2/lib/connection.js", ["query", "execute"]),
];

function handler(database: DatabaseName, key: string, names: readonly string[]): ModuleHandler {
  return {
    database,
    keys: [key],
    isReady: (exports) => typeof exports === "function",
    patch: (exports) => patchMethods(exports as Callback, names),
  };
}

function patchMethods({ prototype }: Callback, names: readonly string[]): void {
  for (const name of names) {
    const owner = ownerOf(prototype, name);
    const original = owner?.[name];
    if (owner === undefined || typeof original !== "function") continue;
    owner[name] = function query(this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(original, this, bindCallbacks(args));
    };
  }
}

/** mysql2 has its methods in a base class. */
function ownerOf(prototype: Target | null, name: string): Target | undefined {
  if (prototype === null || prototype === Object.prototype) return undefined;
  return Object.hasOwn(prototype, name)
    ? prototype
    : ownerOf(Object.getPrototypeOf(prototype) as Target | null, name);
}

const BOUND = new WeakSet<object>();

function bindCallbacks(args: unknown[]): unknown[] {
  const last = args.length - 1;
  if (typeof args[last] === "function") args[last] = bind(args[last] as Callback);
  const [first] = args;
  // A prepared command of mysql2's pool carries its callback with it.
  if (typeof first === "object" && first !== null) {
    const command = first as { onResult?: unknown };
    const { onResult } = command;
    if (typeof onResult === "function" && !BOUND.has(onResult)) {
      command.onResult = bind(onResult as Callback);
    }
  }
  return args;
}

function bind(callback: Callback): Callback {
  const bound = AsyncResource.bind(function answered(this: unknown, ...args: unknown[]): unknown {
    return withDriverError(args[0], () => Reflect.apply(callback, this, args));
  }) as Callback;
  BOUND.add(bound);
  return bound;
}
