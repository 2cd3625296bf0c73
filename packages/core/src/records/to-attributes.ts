import {
  CRASH_FIELD,
  DEPLOY_FIELD,
  ERROR_FIELD,
  PROBLEM_FIELD,
  SESSION_FIELD,
  TICKET_FIELD,
} from "../conventions.ts";
import type { CrashRecord } from "./crash-record.ts";
import type { DeployRecord } from "./deploy-record.ts";
import type { ErrorRecord } from "./error-record.ts";
import type { AttributeValue } from "./log-record.ts";
import type { ProblemRecord } from "./problem-record.ts";
import type { SessionRecord } from "./session-record.ts";
import type { TicketRecord } from "./ticket-record.ts";

/** Records that are made from events; everything but `log`. */
export type EventRecord =
  | ErrorRecord
  | CrashRecord
  | SessionRecord
  | TicketRecord
  | DeployRecord
  | ProblemRecord;

type FieldName<R extends EventRecord> = Exclude<keyof R, "kind" | "timeMillis" | "body">;

// Each table names exactly the fields of its record: one forgotten on either side does not compile.
const FIELDS: { readonly [R in EventRecord as R["kind"]]: Readonly<Record<FieldName<R>, string>> } =
  {
    error: ERROR_FIELD,
    crash: CRASH_FIELD,
    session: SESSION_FIELD,
    ticket: TICKET_FIELD,
    deploy: DEPLOY_FIELD,
    problem: PROBLEM_FIELD,
  };

/**
 * Fields of a record under their wire names, with `kind`. Absent fields stay absent.
 * The order is fixed, so a record sent again is byte for byte the same.
 */
export function toAttributes(record: EventRecord): Record<string, AttributeValue> {
  const values = record as unknown as Readonly<Record<string, AttributeValue | undefined>>;
  const attributes: Record<string, AttributeValue> = { kind: record.kind };
  for (const [field, wireName] of Object.entries(FIELDS[record.kind])) {
    const value = values[field];
    if (value !== undefined) attributes[wireName] = value;
  }
  return attributes;
}
