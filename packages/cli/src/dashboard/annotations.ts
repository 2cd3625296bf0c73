import { CRASH_FIELD, LOKI_LABEL, LOKI_METADATA } from "@sightline/core";
import type { Annotation } from "./dashboard-json.ts";
import { HEADLINE_FORMAT, HEADLINE_TEXT, withHeadline } from "./record-lines.ts";
import { LOKI_SOURCE } from "./targets.ts";

/** The newest are shown. */
const MAX_MARKS = 200;

/**
 * A red mark at each death that the query finds, until it is known as one of a restart loop: those
 * would cover the graphs.
 */
export function crashAnnotation(crashes: string): Annotation {
  return markRecords("Crashes", "Crash", "red", `${crashes} | ${CRASH_FIELD.restartLoop}!="true"`);
}

/** A blue mark at each new release. */
export function deployAnnotation(deploys: string): Annotation {
  return markRecords("Deployments", "Deployment", "blue", deploys);
}

function markRecords(name: string, title: string, iconColor: string, records: string): Annotation {
  return {
    name,
    datasource: LOKI_SOURCE,
    enable: true,
    hide: false,
    iconColor,
    // The body of a crash is up to 200 kB of last lines: only its first line leaves the store.
    expr: `${withHeadline(records)} | line_format \`${HEADLINE_FORMAT}\``,
    maxLines: MAX_MARKS,
    titleFormat: title,
    textFormat: HEADLINE_TEXT,
    tagKeys: [LOKI_LABEL.hostName, LOKI_METADATA.containerName].join(","),
  };
}
