/** So many keys are remembered; a program that makes up keys begins anew with each as many. */
const MAX_KEYS = 2_000;
const MAX_KEY_LENGTH = 64;

/** Remembers what was found out about keys, which are the same few over and over. Bounded. */
export interface KeyCache<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

export function createKeyCache<T>(): KeyCache<T> {
  let known = new Map<string, T>();
  return {
    get: (key) => known.get(key),
    set(key, value) {
      if (key.length > MAX_KEY_LENGTH) return;
      if (known.size >= MAX_KEYS) known = new Map();
      known.set(ownCopy(key), value);
    },
  };
}

/** A key cut out of a text would keep the whole text in memory; joining and cutting copies it. */
function ownCopy(key: string): string {
  return ` ${key}`.slice(1);
}
