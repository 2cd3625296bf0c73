import {
  ATTRIBUTE,
  EVENT_NAME,
  hllRegister,
  SEVERITY,
  type SessionRecord,
  type SessionState,
  toAttributes,
} from "@sightline/core";
import type { Draft } from "../records/draft.ts";
import type { PageFacts } from "../records/page-facts.ts";
import type { Stamp } from "../records/stamper.ts";

const WORDS: Readonly<Record<SessionState, string>> = {
  start: "came",
  active: "was here",
  errored: "met an error",
  crashed: "met a crash",
  end: "left",
};

const EVENT_NAMES: Readonly<Partial<Record<SessionState, string>>> = {
  start: EVENT_NAME.sessionStart,
  end: EVENT_NAME.sessionEnd,
};

/** Names whose session it is, with the user as soon as one is known; undefined: nobody's. */
export function whoOf(facts: PageFacts): string | undefined {
  const { sessionId = "", userHash = "", visitorHash = "", service } = facts;
  if (sessionId === "" && userHash === "" && visitorHash === "") return undefined;
  return `${service} ${sessionId} ${userHash} ${visitorHash}`;
}

export function toSessionDraft(facts: PageFacts, state: SessionState, stamp: Stamp): Draft {
  const { userHash, visitorHash, sessionId, release } = facts;
  const record: SessionRecord = {
    kind: "session",
    timeMillis: stamp.millis,
    body: `${nameOf(facts)} ${WORDS[state]}`,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(userHash === undefined ? {} : { userHash, ...hllRegister(userHash) }),
    ...(visitorHash === undefined ? {} : { visitorHash }),
    ...(release === undefined ? {} : { release }),
    state,
  };
  const attributes = toAttributes(record);
  if (state === "start" && facts.previousSessionId !== undefined) {
    attributes[ATTRIBUTE.sessionPreviousId] = facts.previousSessionId;
  }
  return {
    record: {
      timeUnixMillis: stamp.millis,
      severityNumber: SEVERITY.INFO,
      severityText: "info",
      body: record.body,
      attributes,
      eventName: EVENT_NAMES[state],
    },
    nanos: stamp.nanos,
  };
}

function nameOf({ userHash, visitorHash, sessionId = "" }: PageFacts): string {
  if (userHash !== undefined) return `user ${userHash}`;
  return visitorHash === undefined ? `session ${sessionId}` : `visitor ${visitorHash}`;
}
