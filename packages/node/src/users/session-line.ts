import { hllRegister, SEVERITY, type SessionRecord, toAttributes } from "@sightline/core";
import type { LineRecord } from "@sightline/wire";
import type { UserSign } from "./user-hours.ts";

export type SessionFacts = {
  readonly userHash: string;
  readonly sessionId: string | undefined;
  readonly release: string | undefined;
  readonly sign: UserSign;
  readonly timeMillis: number;
};

const WORDS: Readonly<Record<UserSign, string>> = { active: "was here", errored: "met an error" };

/** The session record of the design as it leaves the process. */
export function toSessionLine(facts: SessionFacts): LineRecord {
  const { userHash, sessionId, release, sign, timeMillis } = facts;
  const record: SessionRecord = {
    kind: "session",
    timeMillis,
    // With the hash: of two lines of one stream with one time and one text Loki keeps the first alone.
    body: `user ${userHash} ${WORDS[sign]}`,
    userHash,
    ...hllRegister(userHash),
    ...(sessionId !== undefined && { sessionId }),
    ...(release !== undefined && { release }),
    state: sign,
  };
  return {
    timeUnixMillis: timeMillis,
    severityNumber: SEVERITY.INFO,
    severityText: "info",
    body: record.body,
    attributes: toAttributes(record),
  };
}
