import { randomHex } from "../page/natives.ts";
import type { Store } from "../page/storage.ts";

/** One visit. */
export interface Session {
  readonly id: string;
  readonly previousId?: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** When the user last did something, Unix milliseconds. */
  readonly activeAt: number;
  /** Whether it is told; decided once. */
  readonly sampled: boolean;
}

/** `ended` comes while the session is still the current one, the others when it is. */
export type SessionChange = "started" | "resumed" | "ended";

export interface SessionsOptions {
  readonly store: Store;
  readonly storeKey: string;
  readonly sampleRate: number;
  readonly now: () => number;
  readonly onChange: (change: SessionChange, session: Session) => void;
}

export interface Sessions {
  current(): Session;
  /** Tells what the page began with; once. */
  open(): void;
  /** The user did something: extends the session, or begins the next one where it is over. */
  touch(): void;
  /** Keeps it in another store, once the user allows it. */
  moveTo(store: Store): void;
}

export const SESSION_IDLE_MILLIS: number = 15 * 60_000;
export const SESSION_MAX_MILLIS: number = 4 * 3_600_000;
const WRITE_INTERVAL_MILLIS = 1000;
/** A clock that was set back further makes times of a session meaningless. */
const MAX_FUTURE_MILLIS = 60_000;

/**
 * Only the user's doing extends or begins a session: a page that polls in a forgotten tab, or wakes
 * with a laptop, tells its lines in the session that it had. Times are the wall clock's, because
 * timers and monotonic clocks stand still while a laptop sleeps.
 */
export function createSessions(options: SessionsOptions): Sessions {
  const { now, onChange, sampleRate, storeKey } = options;
  let { store } = options;
  let writtenAt = 0;
  const stored = parseSession(store.get(storeKey));

  const begin = (previous: Session | undefined): Session => ({
    id: randomHex(16),
    ...(previous === undefined ? {} : { previousId: previous.id }),
    startedAt: now(),
    activeAt: now(),
    sampled: Math.random() < sampleRate,
  });
  const write = (): void => {
    writtenAt = now();
    store.set(storeKey, JSON.stringify(session));
  };
  const roll = (previous: Session): void => {
    onChange("ended", previous);
    session = begin(previous);
    write();
    onChange("started", session);
  };

  let session: Session = stored ?? begin(undefined);

  return {
    current: () => session,
    open: () => {
      if (stored !== undefined && !isAlive(stored, now())) return roll(stored);
      write();
      onChange(stored === undefined ? "started" : "resumed", session);
    },
    touch: () => {
      const time = now();
      if (Math.abs(time - writtenAt) < WRITE_INTERVAL_MILLIS) return;
      // Another tab may have gone on, or begun the next one.
      const other = parseSession(store.get(storeKey));
      if (other !== undefined && isAlive(other, time)) session = other;
      if (!isAlive(session, time)) return roll(session);
      session = { ...session, activeAt: time };
      write();
    },
    moveTo: (next) => {
      store.set(storeKey, undefined);
      store = next;
      write();
    },
  };
}

function isAlive(session: Session, time: number): boolean {
  return (
    time - session.activeAt < SESSION_IDLE_MILLIS &&
    time - session.startedAt < SESSION_MAX_MILLIS &&
    time - session.activeAt > -MAX_FUTURE_MILLIS
  );
}

/** What lies in a store may be anybody's. */
export function parseSession(text: string | undefined): Session | undefined {
  if (text === undefined) return undefined;
  try {
    const { activeAt, id, previousId, sampled, startedAt } = JSON.parse(text) as Record<
      string,
      unknown
    >;
    if (!isId(id) || !Number.isFinite(startedAt) || !Number.isFinite(activeAt)) return undefined;
    return {
      id,
      ...(isId(previousId) ? { previousId } : {}),
      startedAt: startedAt as number,
      activeAt: activeAt as number,
      sampled: sampled !== false,
    };
  } catch {
    return undefined;
  }
}

export function isId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
}
