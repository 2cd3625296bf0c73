const MAX_WRAPPERS = 5;

interface Wrapper {
  readonly name?: unknown;
  readonly rejection?: unknown;
  readonly ngOriginalError?: unknown;
}

/** The error that was thrown: zone.js wraps rejections, Angular wrapped errors of templates. */
export function unwrapError(error: unknown): unknown {
  let inner = error;
  for (let depth = 0; depth < MAX_WRAPPERS; depth++) {
    const { rejection, ngOriginalError } = (isObject(inner) ? inner : {}) as Wrapper;
    const next = rejection ?? ngOriginalError;
    if (next === undefined || next === null) break;
    inner = next;
  }
  return inner;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
