import { GRAFANA_UID } from "@sightline/core";
import { SLO_LABEL } from "../compile/slos/slo-label.ts";
import { SLO_METRIC } from "../compile/slos/slo-metric.ts";
import { DASHBOARD_FRAME } from "./dashboard-frame.ts";
import type { Dashboard, Panel, ThresholdStep } from "./dashboard-json.ts";
import { placePanels } from "./layout.ts";
import { linkTo } from "./link-to.ts";
import { statPanel, timeseriesPanel } from "./panel.ts";
import { metricNow, metricOverTime, PROMETHEUS_SOURCE } from "./targets.ts";
import { labelVariable } from "./variables.ts";

const VARIABLE = "slo";
const { slo, name } = SLO_LABEL;
const noValue = "not measured";

/** Of the chosen SLO. */
function chosen(metric: string): string {
  return `${metric}{${slo}="$${VARIABLE}"}`;
}

/** One page about one objective: how much may still fail, and how fast that is used up. */
export function createSlos(): Dashboard {
  return {
    uid: GRAFANA_UID.slos,
    title: "SLOs",
    description:
      "How much of an error budget is left, and how fast it burns. Empty? Write an objective under slos in sightline.yaml.",
    ...DASHBOARD_FRAME,
    annotations: { list: [] },
    links: [
      linkTo({
        title: "Service overview",
        uid: GRAFANA_UID.serviceOverview,
        tooltip: "A service: users, requests, errors, latency, log lines",
        includeVars: false,
      }),
    ],
    templating: {
      list: [
        labelVariable(
          VARIABLE,
          "SLO",
          slo,
          `__name__="${SLO_METRIC.objective}"`,
          "Service level objectives of sightline.yaml",
        ),
      ],
    },
    panels: placePanels([
      { height: 4, lines: [numberPanels()] },
      { title: "Budget", height: 9, lines: [[remainingPanel()]] },
      { title: "Burn rate", height: 9, lines: [[burnPanel()], [eventsPanel()]] },
      { title: "All objectives", height: 9, lines: [[allPanel()]] },
    ]),
  };
}

/** Below a quarter it is worth a thought, at 0 it is used up. */
const BUDGET_STEPS: readonly ThresholdStep[] = [
  { color: "red", value: null },
  { color: "orange", value: 0.000_001 },
  { color: "green", value: 0.25 },
];

const BURN_STEPS: readonly ThresholdStep[] = [
  { color: "green", value: null },
  { color: "orange", value: 1 },
  { color: "red", value: 14.4 },
];

function numberPanels(): Panel[] {
  return [
    statPanel({
      title: "Target",
      description: "The share of events that is to be good, over the whole period.",
      source: PROMETHEUS_SOURCE,
      targets: [metricNow(`max(${chosen(SLO_METRIC.objective)})`)],
      unit: "percentunit",
      decimals: 3,
      noValue,
      sparkline: false,
    }),
    statPanel({
      title: "Budget left",
      description:
        "What is left of the share that may fail in the period. 100 %: nothing failed. Below 0: the target is missed.",
      source: PROMETHEUS_SOURCE,
      targets: [metricNow(`min(${chosen(SLO_METRIC.budgetRemaining)})`)],
      unit: "percentunit",
      decimals: 1,
      noValue,
      steps: BUDGET_STEPS,
      sparkline: false,
    }),
    statPanel({
      title: "Burns now",
      description:
        "How many times faster than the period allows, in the last five minutes. At 1 the budget lasts exactly to the end of the period.",
      source: PROMETHEUS_SOURCE,
      targets: [metricOverTime(`max(${chosen(SLO_METRIC.currentBurnRate)})`, "")],
      decimals: 1,
      noValue: "no events",
      steps: BURN_STEPS,
    }),
    statPanel({
      title: "Good in the period",
      description: "The share of events that was good, in the whole period up to now.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricNow(
          `1 - max(${chosen(SLO_METRIC.periodBurnRate)}) * max(${chosen(SLO_METRIC.budget)})`,
        ),
      ],
      unit: "percentunit",
      decimals: 3,
      noValue,
      sparkline: false,
    }),
  ];
}

function remainingPanel(): Panel {
  return timeseriesPanel({
    title: "Budget left",
    description:
      "A line that falls steeply is an outage, one that falls slowly is a small, steady loss. It rises when old failures leave the period.",
    source: PROMETHEUS_SOURCE,
    targets: [metricOverTime(`min(${chosen(SLO_METRIC.budgetRemaining)})`, "left")],
    unit: "percentunit",
    max: 1,
    noValue,
  });
}

function burnPanel(): Panel {
  return timeseriesPanel({
    title: "Burn rate",
    description:
      "Times faster than the period allows. At 14.4 a 30 day budget loses 2 % in an hour, and somebody is woken.",
    source: PROMETHEUS_SOURCE,
    targets: [metricOverTime(`max(${chosen(SLO_METRIC.currentBurnRate)})`, "burn rate")],
    noValue: "no events",
    softMax: 2,
    steps: BURN_STEPS,
    showThresholds: true,
  });
}

function eventsPanel(): Panel {
  return timeseriesPanel({
    title: "Events",
    description: "All events a second and the bad ones among them, over five minutes.",
    source: PROMETHEUS_SOURCE,
    targets: [
      metricOverTime(`sum(${chosen(SLO_METRIC.totalRate)})`, "all"),
      metricOverTime(`sum(${chosen(SLO_METRIC.errorRate)})`, "bad"),
    ],
    unit: "ops",
    min: 0,
    noValue,
  });
}

function allPanel(): Panel {
  return timeseriesPanel({
    title: "Budget left, of each objective",
    description: "All objectives together: whose budget is nearly used up.",
    source: PROMETHEUS_SOURCE,
    targets: [metricOverTime(`min by (${name}) (${SLO_METRIC.budgetRemaining})`, `{{${name}}}`)],
    unit: "percentunit",
    max: 1,
    noValue,
    legend: { mode: "table", calcs: ["lastNotNull"], placement: "right", width: 320 },
  });
}
