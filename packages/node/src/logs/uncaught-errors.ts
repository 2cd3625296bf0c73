/**
 * Uncaught errors that have a line of their own. A logger's exception handler logs the same one
 * again, which is one death and not two.
 */
const told = new WeakSet<object>();

export function rememberUncaught(error: unknown): void {
  if (typeof error === "object" && error !== null) told.add(error);
}

export function wasToldAsUncaught(error: unknown): boolean {
  return typeof error === "object" && error !== null && told.has(error);
}
