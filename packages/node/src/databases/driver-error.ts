let active: unknown;

/**
 * Runs a driver's callback while {@link activeDriverError} tells its error: some instrumentations hand
 * on nothing but the message, and the code is what can be counted.
 */
export function withDriverError<T>(error: unknown, callback: () => T): T {
  const outer = active;
  active = error;
  try {
    return callback();
  } finally {
    active = outer;
  }
}

/** The error that the callback was called with which runs now. */
export function activeDriverError(): unknown {
  return active;
}
