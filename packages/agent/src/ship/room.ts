/** Tells readers to wait while there is no room, and wakes them when there is. */
export interface Room {
  wait(isUrgent: boolean): Promise<void> | undefined;
  /** Something may have changed. */
  check(): void;
  /** Nobody waits any more. */
  open(): void;
}

interface Gate {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

export function createRoom(isFull: (isUrgent: boolean) => boolean): Room {
  const gates = new Map<boolean, Gate>();

  function openGate(isUrgent: boolean): void {
    gates.get(isUrgent)?.resolve();
    gates.delete(isUrgent);
  }

  return {
    wait(isUrgent) {
      if (!isFull(isUrgent)) return undefined;
      const known = gates.get(isUrgent);
      if (known) return known.promise;
      const { promise, resolve } = withResolve();
      gates.set(isUrgent, { promise, resolve });
      return promise;
    },
    check() {
      for (const isUrgent of [...gates.keys()]) if (!isFull(isUrgent)) openGate(isUrgent);
    },
    open() {
      for (const isUrgent of [...gates.keys()]) openGate(isUrgent);
    },
  };
}

function withResolve(): Gate {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
