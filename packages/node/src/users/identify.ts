import type { UserId } from "./user-id.ts";
import type { Users } from "./users.ts";

/** Registered: a bundled copy of this package must find what runs. */
const USERS = Symbol.for("sightline.node.users");
const registry = globalThis as { [USERS]?: Users | undefined };

/** Returns the way back. */
export function registerUsers(users: Users): () => void {
  registry[USERS] = users;
  return () => {
    if (registry[USERS] === users) delete registry[USERS];
  };
}

export type IdentifyOptions = {
  /**
   * Session of the user, such as the browser's `session.id`; 1 to 128 of letters, digits, `_.:-`. Not
   * the cookie that lets them in: it is sent as it is. Default: what is known already.
   */
  sessionId?: string | undefined;
};

/**
 * Says whom the request that is being answered is for. The user is counted (once an hour), and the
 * lines, errors and span of the request carry the user's hash from here on; the id itself never
 * leaves the process. Again with another id: the user from here on.
 *
 * `null`, `undefined` and an empty text change nothing, so that `identify(request.user?.id)` can
 * stand in front of every route. Never throws. Does nothing before `start()`.
 *
 * @param userId what names the user for good, as text or number, at most 1,024 characters.
 */
export function identify(userId: UserId, options: IdentifyOptions = {}): void {
  registry[USERS]?.identify(userId, sessionOf(options));
}

/**
 * Runs `work` for a user, outside of HTTP: a job, a message of a queue or of a WebSocket. All it
 * starts belongs to that user; if it throws or rejects, the user counts as one who met an error.
 * Gives what `work` gives.
 */
export function withUser<T>(userId: UserId, work: () => T, options: IdentifyOptions = {}): T {
  const users = registry[USERS];
  return users === undefined ? work() : users.withUser(userId, sessionOf(options), work);
}

/** Callers without types may give anything, a getter that throws too. */
function sessionOf(options: unknown): unknown {
  try {
    return (options as IdentifyOptions | null)?.sessionId;
  } catch {
    return undefined;
  }
}
