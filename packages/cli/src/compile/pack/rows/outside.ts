import { SCRAPE_JOB, SERVER_LABEL, SERVER_METRIC } from "@sightline/core";
import { escapeRegex } from "../../alerts/label-names.ts";
import { MINUTE, type PackRow, type PackScope, SECOND } from "../pack-row.ts";
import { maxBy, seriesOf } from "../promql.ts";

const PROBE: readonly string[] = [SERVER_LABEL.instance, SERVER_LABEL.probe];

/** What is asked from outside. */
export const OUTSIDE_ROWS: readonly PackRow[] = [
  {
    id: "probe-failing",
    name: "Probe fails",
    watches: "An address that does not answer when it is asked from outside",
    source: "prometheus",
    severity: "critical",
    comparison: "below",
    amount: "1",
    forMillis: 2 * MINUTE,
    keepFiringForMillis: 2 * MINUTE,
    everyMillis: 30 * SECOND,
    by: PROBE,
    look: (scope) => ({ query: maxBy(PROBE, probes(SERVER_METRIC.probeSuccess, scope)) }),
    format: "count",
    summary: "{instance} does not answer",
    description: "The probe of {instance} fails. Users outside probably see the same.",
  },
  {
    id: "certificate-expiry",
    name: "Certificate expires",
    watches: "A TLS certificate of a probed address that was not renewed",
    source: "prometheus",
    severity: "warning",
    comparison: "below",
    amount: "14d",
    unit: "duration",
    forMillis: 10 * MINUTE,
    keepFiringForMillis: 10 * MINUTE,
    everyMillis: 5 * MINUTE,
    by: PROBE,
    look: () => ({
      query: `min by (${PROBE.join(", ")}) (${seriesOf(SERVER_METRIC.probeCertificateExpiry, JOB)} - time())`,
    }),
    format: "duration",
    summary: "The certificate of {instance} expires in {value}",
    description:
      "The TLS certificate of {instance} is valid for {value} more. Then browsers show a warning page instead of yours.",
  },
];

const JOB = `${SERVER_LABEL.job}="${SCRAPE_JOB.probes}"`;

/** Those with an alert of their own are told there. */
function probes(metric: string, { ownProbes }: PackScope): string {
  const own = ownProbes.map(escapeRegex).join("|");
  return seriesOf(
    metric,
    JOB,
    own === "" ? undefined : `${SERVER_LABEL.probe}!~${JSON.stringify(own)}`,
  );
}
