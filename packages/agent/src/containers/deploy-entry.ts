import { ATTRIBUTE, SEVERITY, toAttributes } from "@sightline/core";
import type { ContainerFacts } from "../docker/identity-of.ts";
import type { LogEntry } from "../lines/log-entry.ts";

/** @param from release before; undefined where the service is new. */
export function deployEntry(
  facts: ContainerFacts,
  from: string | undefined,
  timeMillis: number,
): LogEntry {
  const to = facts.release ?? facts.imageId;
  const body =
    from === undefined
      ? `${facts.service} is deployed: ${to}`
      : `${facts.service} is deployed: ${to}, before it was ${from}`;
  return {
    body,
    time: [Math.floor(timeMillis / 1000), Math.round((timeMillis % 1000) * 1e6)],
    severityNumber: SEVERITY.INFO,
    severityText: "INFO",
    attributes: {
      ...toAttributes({
        kind: "deploy",
        timeMillis,
        body,
        to,
        ...(from === undefined ? {} : { from }),
      }),
      [ATTRIBUTE.loggerName]: "sightline-agent",
    },
    lines: 0,
  };
}
