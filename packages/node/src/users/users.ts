import { trace } from "@opentelemetry/api";
import { ATTRIBUTE, ENV, USER_SECRET_EXPECTED } from "@sightline/core";
import { type LineSink, type UserKey, userHash } from "@sightline/wire";
import type { RequestOutcome } from "../scope/observe-requests.ts";
import { currentScope, type RequestScope, runInScope } from "../scope/request-scope.ts";
import { toSessionLine } from "./session-line.ts";
import { createUserHours, type UserSign } from "./user-hours.ts";
import { isSessionId, MAX_ID_CHARACTERS, parseUserId } from "./user-id.ts";

/** Users of one hour that a process keeps one by one: some 5 MB. */
const MAX_USERS_AN_HOUR = 50_000;

export type UsersOptions = {
  /** Undefined: nobody is counted, and the first call says so. */
  readonly key: UserKey | undefined;
  /** Undefined: lines and spans are stamped, no record is written. */
  readonly lines: LineSink | undefined;
  /** `service.version`. */
  readonly release: string | undefined;
  readonly clock: { now(): number };
  /** Says something to the people who run the process, on one line. */
  readonly warn: (message: string) => void;
  /** Default: 50,000. */
  readonly maxUsersAnHour?: number;
};

export type Users = {
  identify(userId: unknown, sessionId: unknown): void;
  withUser<T>(userId: unknown, sessionId: unknown, work: () => T): T;
  /** A request ended. */
  onEnd(scope: RequestScope, outcome?: RequestOutcome): void;
  /** Something failed in this scope for good. */
  onFailure(scope: RequestScope): void;
  /** See {@link UserHours.overLimit}. */
  overLimit(): number;
};

/** Counts the users of this process. Nothing here throws, but for what `work` itself throws. */
export function createUsers(options: UsersOptions): Users {
  const { key, lines, release, clock } = options;
  const hours = createUserHours(options.maxUsersAnHour ?? MAX_USERS_AN_HOUR);
  const warnOnce = createWarnOnce(options.warn);

  function note({ userHash: hash, sessionId }: RequestScope, sign: UserSign): void {
    if (hash === undefined || lines === undefined) return;
    const timeMillis = clock.now();
    if (!hours.isNew(hash, sign, timeMillis)) return;
    lines.emit(toSessionLine({ userHash: hash, sessionId, release, sign, timeMillis }));
  }

  function read(userId: unknown, sessionId: unknown): RequestScope | undefined {
    const parsed = parseUserId(userId);
    if (parsed.status === "refused") warnOnce("id", refusedId(parsed.got));
    if (parsed.status !== "user") return undefined;
    if (key === undefined) {
      warnOnce("secret", NO_SECRET);
      return undefined;
    }
    const isGiven = sessionId !== undefined && sessionId !== null;
    if (isGiven && !isSessionId(sessionId)) warnOnce("session", BAD_SESSION);
    const known = isSessionId(sessionId) ? { sessionId } : {};
    return { userHash: userHash(parsed.id, key), ...known };
  }

  function onFailure(scope: RequestScope): void {
    // A record of errors is of somebody who was there, in this hour too.
    note(scope, "active");
    note(scope, "errored");
  }

  return {
    identify(userId, sessionId) {
      const user = read(userId, sessionId);
      if (user === undefined) return;
      const scope = currentScope();
      if (scope === undefined) warnOnce("request", NO_REQUEST);
      else Object.assign(scope, user);
      stampSpan(scope ?? user);
      note(scope ?? user, "active");
    },

    withUser(userId, sessionId, work) {
      const scope = read(userId, sessionId);
      if (scope === undefined) return work();
      return runInScope(scope, () => {
        stampSpan(scope);
        note(scope, "active");
        return tellFailure(work, () => {
          scope.hasFailed = true;
          onFailure(scope);
        });
      });
    },

    onEnd(scope) {
      if (scope.hasFailed === true) onFailure(scope);
    },
    onFailure,
    overLimit: hours.overLimit,
  };
}

/** What the work gives or throws stays as it is. */
function tellFailure<T>(work: () => T, onFailure: () => void): T {
  try {
    const result = work();
    // Only of real promises: `then` of a query builder would run its query a second time.
    if (result instanceof Promise) result.then(undefined, onFailure);
    return result;
  } catch (error) {
    onFailure();
    throw error;
  }
}

/** The span of the request, or of the part of it in which the user became known. */
function stampSpan({ userHash: hash, sessionId }: RequestScope): void {
  const span = trace.getActiveSpan();
  if (span === undefined || hash === undefined) return;
  span.setAttribute(ATTRIBUTE.userHash, hash);
  if (sessionId !== undefined) span.setAttribute(ATTRIBUTE.sessionId, sessionId);
}

const NO_SECRET = `identify() counts nobody: no secret is set; expected ${USER_SECRET_EXPECTED} in ${ENV.userSecret}, the same in every process, such as from "openssl rand -hex 24"; in containers, "sightline init" passes it on to your services`;
const NO_REQUEST =
  "identify() was called outside of a request: the user is counted, but lines do not carry it; run the work in withUser(userId, work) instead";
const BAD_SESSION =
  "identify(): the sessionId is left out; expected 1 to 128 letters, digits and any of _ . : -";

function refusedId(got: string): string {
  return `identify() got ${got} for a user's id; expected a text or a number of at most ${MAX_ID_CHARACTERS} characters, such as identify(request.user.id)`;
}

type Complaint = "id" | "secret" | "session" | "request";

/** Each kind of complaint once: identify runs with every request. */
function createWarnOnce(
  warn: (message: string) => void,
): (complaint: Complaint, message: string) => void {
  const said = new Set<Complaint>();
  return (complaint, message) => {
    if (said.has(complaint)) return;
    said.add(complaint);
    warn(message);
  };
}
