import { formatDuration } from "@sightline/core";
import { PACK } from "./pack.ts";
import type { PackRow } from "./pack-row.ts";

/** docs/default-alerts.md: what is watched without writing anything. */
export function packPage(): string {
  const rows = PACK.map(
    (row) =>
      `| [\`${row.id}\`](runbooks/${row.id}.md) | ${row.watches} | ${amountOf(row)} | ${timeOf(row)} | ${row.severity} |`,
  );
  return `# Default alerts

These are on without writing anything. Each has a page that says what it means and what to do. \`critical\`
is for what users feel, and for a monitoring that is blind; the rest can wait.

| id | what it watches | amount | for | severity |
|---|---|---|---|---|
${rows.join("\n")}

\`\`\`yaml
default_alerts:
  tell: ops                # without it the routes decide
  off: [new-error]         # by id; enabled: false for all of them
  change:
    disk-forecast: {amount: 12h, for: 1h, severity: critical, tell: ops}
    error-rate: {except: [legacy]}   # not this service
\`\`\`

Where a column says “–”, the alert only says yes or no and has no amount to change. What keeps what
quiet: a silent host its services, a service that is down its error rate and slow answers, a restart
loop its crashes, a full disk its forecast.
`;
}

const SIGNS = {
  above: "above",
  "at-least": "at least",
  below: "below",
  "at-most": "at most",
} as const;

function amountOf({ unit, comparison, amount }: PackRow): string {
  return unit === undefined ? "–" : `${SIGNS[comparison]} ${amount}`;
}

function timeOf({ forMillis }: PackRow): string {
  return forMillis === 0 ? "at once" : formatDuration(forMillis);
}
