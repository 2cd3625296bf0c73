import type { Meter } from "@opentelemetry/api";
import { METRIC, RESOURCE } from "@sightline/core";
import { type LineSink, systemClock } from "@sightline/wire";
import type { NodeConfig } from "../config/node-config.ts";
import { observeRequests } from "../scope/observe-requests.ts";
import { currentScope } from "../scope/request-scope.ts";
import { registerUsers } from "./identify.ts";
import { createUsers, type Users } from "./users.ts";

export type CountUsersOptions = {
  readonly config: NodeConfig;
  readonly lines: LineSink | undefined;
  readonly meter: Meter | undefined;
  readonly warn: (message: string) => void;
};

/** Makes `identify` and `withUser` work. Returns a function that stops it. */
export function countUsers({ config, lines, meter, warn }: CountUsersOptions): () => void {
  const users = createUsers({
    key: config.userKey,
    lines,
    release: config.resourceAttributes[RESOURCE.serviceVersion],
    clock: systemClock,
    warn,
  });
  if (meter !== undefined) observeOverLimit(meter, users);
  const stops = [registerUsers(users), observeRequests(users), observeUncaught(users)];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The user whose request threw what nobody caught. */
function observeUncaught(users: Users): () => void {
  const onUncaught = (): void => {
    try {
      const scope = currentScope();
      if (scope !== undefined) users.onFailure(scope);
    } catch {
      // The host's own error is the one to be seen.
    }
  };
  // In front: the others save what is unsent, after which nothing more is.
  process.prependListener("uncaughtExceptionMonitor", onUncaught);
  return () => void process.off("uncaughtExceptionMonitor", onUncaught);
}

function observeOverLimit(meter: Meter, users: Users): void {
  meter
    .createObservableCounter(METRIC.usersOverLimit, {
      description: "Signs of users beyond those that a process keeps one by one in an hour.",
      unit: "{sign}",
    })
    .addCallback((result) => {
      const signs = users.overLimit();
      if (signs > 0) result.observe(signs);
    });
}
