import { EXIT } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { countUsersToday, countVisitorsToday, type UserCount } from "../query/users-today.ts";
import { renderStatus } from "../report/status-text.ts";
import { readStackStatus, type StackStatus } from "../stack/status.ts";

/** `sightline status`: 0 only if every server is well and a fresh line and sample were read back. */
export async function statusCommand(
  context: Context,
  options: { json?: boolean },
): Promise<number> {
  const stack = await readStackStatus(context);
  const [users, visitors] = await Promise.all([
    readToday(context, stack, countUsersToday),
    readToday(context, stack, countVisitorsToday),
  ]);
  const status = {
    ...stack,
    ...(users && { usersToday: users }),
    ...(visitors && { visitorsToday: visitors }),
  };
  context.io.out(
    options.json ? `${JSON.stringify(status, null, 2)}\n` : renderStatus(context, status),
  );
  if (status.mode === "none") return EXIT.noAnswer;
  return status.isHealthy ? EXIT.ok : EXIT.failure;
}

/** What Loki cannot answer is missing; that it does not answer stands among the problems. */
async function readToday(
  context: Context,
  { mode }: StackStatus,
  count: typeof countUsersToday,
): Promise<UserCount | undefined> {
  if (mode === "none") return undefined;
  const result = await count(serverUrl(context, "loki"), Date.now());
  return result.status === "ok" ? result.value : undefined;
}
