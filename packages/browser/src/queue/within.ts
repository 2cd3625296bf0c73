/** Rejects where a promise takes longer: some browsers neither open a database nor say why not. */
export function within<T>(millis: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, millis, new Error(`no answer within ${millis} ms`));
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
