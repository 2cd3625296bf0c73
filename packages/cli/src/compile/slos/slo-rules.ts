import { ANNOTATION, GRAFANA_UID, PROMETHEUS_LABEL } from "@sightline/core";
import { ruleId } from "../alerts/rule-ids.ts";
import type { CompileInput } from "../compile-spec.ts";
import { silenceUrl } from "../messages/links.ts";
import type { AlertRule, Fact, MessagePart } from "../model.ts";
import { messageText } from "../pack/message-text.ts";
import { maxBy } from "../pack/promql.ts";
import { runbookUrl } from "../runbook-url.ts";
import type { BurnWindows } from "./burn-windows.ts";
import type { Slo } from "./read-slo.ts";
import { SLO_LABEL } from "./slo-label.ts";
import { SLO_METRIC } from "./slo-metric.ts";
import { eventsIn, minutesSeen, rangeOf, shareOfBad } from "./slo-records.ts";
import { budgetOf, burnThreshold, trafficGate } from "./thresholds.ts";

const MINUTE = 60_000;

/** One rule a pair of windows: the fastest wakes somebody in minutes, the slowest makes a ticket. */
export function rulesOf(slo: Slo, input: CompileInput): AlertRule[] {
  return slo.windows.map((pair) => burnRule(slo, pair, input));
}

function burnRule(slo: Slo, pair: BurnWindows, { urls, target }: CompileInput): AlertRule {
  const name = `SLO ${slo.name} (${pair.name})`;
  const silence = silenceUrl(urls, target, name, {
    [SLO_LABEL.slo]: [{ kind: "text", text: slo.id }],
  });
  const long = rangeOf(pair.longMillis);
  // The recorded rates are of five minutes already.
  const short = pair.shortMillis === 5 * MINUTE ? undefined : rangeOf(pair.shortMillis);
  const threshold = burnThreshold(pair, slo.periodMillis, slo.target);
  const amount = threshold.toFixed();
  const isPage = pair.urgency === "page";
  return {
    id: ruleId(`slo ${slo.name} ${pair.name}`),
    name,
    source: "prometheus",
    expression: {
      kind: "conditions",
      all: [
        { query: shareOfBad(slo, long), comparison: "above", amount },
        { query: shareOfBad(slo, short), comparison: "above", amount },
        {
          query: eventsIn(slo, long),
          comparison: "at-least",
          amount: trafficGate(threshold).toFixed(),
        },
        // On the first day three days are a few minutes: no glitch in those may stand for all.
        {
          query: minutesSeen(slo, long),
          comparison: "at-least",
          amount: String(pair.shortMillis / MINUTE),
        },
      ],
    },
    by: slo.indicator.by,
    whenEmpty: "ok",
    forMillis: pair.forMillis,
    keepFiringForMillis: pair.keepFiringForMillis,
    everyMillis: MINUTE,
    severity: isPage ? "critical" : "warning",
    labels: {
      [SLO_LABEL.slo]: slo.id,
      [SLO_LABEL.window]: pair.name,
      ...(slo.service !== undefined && { [PROMETHEUS_LABEL.serviceName]: slo.service }),
    },
    message: {
      summary: text(
        `SLO ${slo.name}: `,
        "{value}",
        ` of ${slo.indicator.events} failed in ${long}`,
      ),
      description: text(
        `${slo.target} of ${slo.indicator.events} over ${rangeOf(slo.periodMillis)} is the target, so ${percent(slo)} may fail. In the last ${long} it was `,
        "{value}",
        ". Of the budget ",
        "{fact:budget_left}",
        " is left; at this pace it is used up in ",
        "{fact:exhausted_in}",
        isPage ? "." : ". This can wait until working hours.",
      ),
      annotations: {
        [ANNOTATION.runbookUrl]: [{ kind: "text", text: runbookUrl(urls, "slo-burn-rate") }],
        ...(silence !== undefined && { [ANNOTATION.silenceUrl]: silence }),
        ...(urls.grafana !== undefined && {
          [ANNOTATION.dashboardUrl]: [
            { kind: "text", text: `${urls.grafana}/d/${GRAFANA_UID.slos}?var-slo=${slo.id}` },
          ],
        }),
      },
      facts: factsOf(slo, long),
    },
    contacts: isPage ? slo.tell : slo.ticket,
    origin: "slo",
    folder: undefined,
    isEnabled: true,
    place: slo.place,
  };
}

function percent({ target }: Slo): string {
  return `${budgetOf(target).times(100).toFixed()} %`;
}

/** Text of the user stays text, whatever braces it has. */
function text(...pieces: string[]): MessagePart[] {
  return pieces.flatMap((piece) =>
    /^\{[a-z_:]+\}$/.test(piece) ? messageText(piece, "percent") : [{ kind: "text", text: piece }],
  );
}

function factsOf(slo: Slo, long: string): Fact[] {
  const { by } = slo.indicator;
  const remaining = `${SLO_METRIC.budgetRemaining}{${SLO_LABEL.slo}="${slo.id}"}`;
  const left = `clamp_min(${by.length === 0 ? `max(${remaining})` : maxBy(by, remaining)}, 0)`;
  const seconds = slo.periodMillis / 1_000;
  const budget = budgetOf(slo.target).toFixed();
  return [
    { name: "budget_left", query: left, read: { kind: "value", format: "percent" } },
    {
      name: "exhausted_in",
      query: `${left} * ${seconds} * ${budget} / (${shareOfBad(slo, long)} > 0)`,
      read: { kind: "value", format: "duration" },
    },
  ];
}
