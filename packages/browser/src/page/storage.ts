/** Storage that may be refused (private windows, blocked cookies, full): then it is memory alone. */
export interface Store {
  get(key: string): string | undefined;
  set(key: string, value: string | undefined): void;
}

export function createMemoryStore(): Store {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      if (value === undefined) values.delete(key);
      else values.set(key, value);
    },
  };
}

/** @param area `localStorage`, `sessionStorage`; even naming them may throw, hence a function. */
export function createStore(area: () => Storage): Store {
  const memory = createMemoryStore();
  return {
    get: (key) => {
      try {
        return area().getItem(key) ?? undefined;
      } catch {
        return memory.get(key);
      }
    },
    set: (key, value) => {
      memory.set(key, value);
      try {
        if (value === undefined) area().removeItem(key);
        else area().setItem(key, value);
      } catch {
        // Memory has it.
      }
    },
  };
}
