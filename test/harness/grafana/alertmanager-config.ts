import { setTimeout as wait } from "node:timers/promises";
import { type Answer, alertingError, publicError } from "./answer.ts";
import type { Call } from "./route.ts";
import type { AlertmanagerConfig } from "./state.ts";

/** How long a write takes between reading the row and storing it: two at once do meet. */
const TRANSACTION_MILLIS = 3;

/**
 * A write of contact points, policies, timings or templates: all are one row, stored only if nobody
 * stored it since it was read (store/alertmanager.go, UpdateAlertmanagerConfiguration, by its hash).
 */
export async function changeConfig(
  { state }: Call,
  change: (config: AlertmanagerConfig) => { readonly answer: Answer; readonly isChanged?: boolean },
): Promise<Answer> {
  const read = state.alertmanager.revision;
  await wait(TRANSACTION_MILLIS);
  if (state.alertmanager.revision !== read) {
    const message = "could not find object using provided id and hash";
    throw state.profile.configConflictStatus === 409
      ? publicError(409, "alerting.notifications.conflict", message)
      : alertingError(500, state.profile.hidesErrors ? "Internal Server Error" : message);
  }
  const { answer, isChanged = true } = change(state.alertmanager);
  if (isChanged) state.alertmanager.revision += 1;
  return answer;
}
