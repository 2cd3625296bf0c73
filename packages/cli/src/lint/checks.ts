import type { FaultSeverity } from "../fault.ts";

export interface LintCheck {
  readonly id: string;
  readonly severity: FaultSeverity;
  /** What it finds. One sentence, for docs/lint.md. */
  readonly what: string;
  /** What happens if it stays. */
  readonly why: string;
  /** Needs the servers (`--live`). */
  readonly isLive?: true;
}

/**
 * Everything that `sightline lint` looks for beyond what makes the file unreadable. The order is that
 * of docs/lint.md, which is made of it.
 */
export const LINT_CHECKS: readonly LintCheck[] = [
  {
    id: "promql-syntax",
    severity: "error",
    what: "PromQL that does not parse.",
    why: "Prometheus refuses the whole rule file, with every other alert in it.",
  },
  {
    id: "promql-type",
    severity: "error",
    what: "PromQL whose types do not fit: rate() of an instant vector, a missing argument. Found by Prometheus' own parser for the web.",
    why: "Prometheus refuses the whole rule file.",
  },
  {
    id: "experimental",
    severity: "warning",
    what: "A function that a server must be started for: double_exponential_smoothing, limitk and others of PromQL, approx_topk of LogQL.",
    why: "Prometheus refuses the rule file, Loki fails the query. Sightline's own stack has them not.",
  },
  {
    id: "logql-syntax",
    severity: "error",
    what: "LogQL that does not parse, has no range, or a function without what it needs: unwrap, a number.",
    why: "Loki's ruler refuses the rule.",
  },
  {
    id: "logql-kind",
    severity: "error",
    what: "LogQL that gives lines where a figure is needed, or the other way around.",
    why: "An alert compares figures; lines have none.",
  },
  {
    id: "logql-selector",
    severity: "error",
    what: 'A selector of which every part fits a missing label, such as {service_name=~".*"}.',
    why: "Loki refuses it: it would read all that is stored.",
  },
  {
    id: "regex",
    severity: "error",
    what: "A regular expression that RE2 does not take: lookaheads, back references, open groups.",
    why: "Prometheus and Loki refuse the query.",
  },
  {
    id: "promql-no-condition",
    severity: "warning",
    what: "A whole PromQL expression without a comparison, or with bool.",
    why: "It fires for each series that there is, all the time.",
  },
  {
    id: "logql-no-condition",
    severity: "warning",
    what: "A whole LogQL expression without a comparison, or with bool.",
    why: "It fires for each series that there is, all the time.",
  },
  {
    id: "promql-matching",
    severity: "warning",
    what: "Two sides of an operator whose labels can never be equal.",
    why: "The answer is empty, so the alert never fires, and nothing says so.",
  },
  {
    id: "promql-quantile-le",
    severity: "warning",
    what: "histogram_quantile of buckets without the label le.",
    why: "The answer is empty, so the alert never fires.",
  },
  {
    id: "promql-counter",
    severity: "warning",
    what: "A counter (_total, _bucket) that is compared as it is.",
    why: "It grows until the process restarts: the alert fires late, and then for ever.",
  },
  {
    id: "promql-rate-of-gauge",
    severity: "warning",
    what: "rate(), increase() or irate() of what goes up and down.",
    why: "Each step down counts as a restart, so the figure is wrong.",
  },
  {
    id: "promql-short-range",
    severity: "warning",
    what: "A range that holds fewer than two samples.",
    why: "rate() and the like need two; the answer is empty.",
  },
  {
    id: "promql-matches-all",
    severity: "warning",
    what: 'A matcher that fits everything, such as {job=~".*"}.',
    why: "It looks like a condition and is none.",
  },
  {
    id: "logql-stream-label",
    severity: "warning",
    what: "A selector with a label that Sightline's streams do not have.",
    why: "It finds nothing. Other fields are structured metadata and stand behind the selector.",
  },
  {
    id: "logql-error-label",
    severity: "warning",
    what: 'json, unpack or unwrap in a figure, without | __error__="".',
    why: "One line that cannot be read makes the whole query fail, and the alert is silent.",
  },
  {
    id: "logql-many-series",
    severity: "warning",
    what: "A figure for each trace, session or user.",
    why: "Loki answers 500 series at most; beyond, the query fails.",
  },
  {
    id: "dashboard-query",
    severity: "warning",
    what: "A query of one of your dashboards that does not parse. Queries in which a variable stands for more than a text or a range are not judged.",
    why: "The panel shows an error.",
  },
  {
    id: "nobody-told",
    severity: "warning",
    what: "An alert that reaches no contact.",
    why: "It fires, and nobody learns of it.",
  },
  {
    id: "unused-contact",
    severity: "warning",
    what: "A contact that no alert, route, service or SLO names.",
    why: "It is dead text, or a name is misspelt elsewhere.",
  },
  {
    id: "unused-timing",
    severity: "warning",
    what: "A mute timing that no route names.",
    why: "It mutes nothing.",
  },
  {
    id: "unused-template",
    severity: "warning",
    what: "A message template that no contact's text uses.",
    why: "It is dead text.",
  },
  {
    id: "unused-variable",
    severity: "info",
    what: "A variable of a target that no text uses.",
    why: "It is dead text, or a name is misspelt elsewhere.",
  },
  {
    id: "unknown-service",
    severity: "warning",
    what: "A service that is not in the list of services.",
    why: "Most often it is misspelt, and the alert sees no lines.",
  },
  {
    id: "window-gap",
    severity: "warning",
    what: "A window that is shorter than the time between two looks.",
    why: "What happens between two windows is never seen.",
  },
  {
    id: "env-missing",
    severity: "warning",
    what: "A secret whose environment variable is not set, or whose file cannot be read, here.",
    why: "apply and notify need it; lint and build do not.",
  },
  {
    id: "plain-http",
    severity: "warning",
    what: "A Grafana that is reached over http:// on another machine, with a token; a contact that is.",
    why: "Everybody on the way can read the token, and read and change the messages.",
  },
  {
    id: "route-unreachable",
    severity: "warning",
    what: "A route of an alert that names whom to tell, and so does not ask it. A route that an earlier one takes everything from, or that nothing can match, is an error.",
    why: "Its contacts are never told.",
  },
  {
    id: "told-twice",
    severity: "warning",
    what: "Two routes that tell the same contact, the first of which continues.",
    why: "One alert is two messages.",
  },
  {
    id: "unknown-label",
    severity: "warning",
    what: "A route by a label as people call it, and that no alert has: service, host, environment.",
    why: "The route matches nothing.",
  },
  {
    id: "no-contact",
    severity: "warning",
    what: "Alerts of your own, and not one contact.",
    why: "They are shown, and nobody is told.",
  },
  {
    id: "setting-without-effect",
    severity: "warning",
    what: "A setting of a contact, or smtp, that the only kind of target has no use for.",
    why: "It looks as if it did something.",
  },
  {
    id: "grafana-version",
    severity: "info",
    what: "Something that needs a certain version of Grafana.",
    why: "An older one refuses or ignores it; plan says which it is.",
  },
  {
    id: "no-runbook",
    severity: "info",
    what: "A critical alert without a runbook, of itself or of its service.",
    why: "Who is woken by it must find out alone what to do.",
  },
  {
    id: "app-closed",
    severity: "warning",
    what: "An app without origins.",
    why: "The gateway refuses everything that its pages send.",
  },
  {
    id: "app-plain-http",
    severity: "warning",
    what: "An origin of an app by http:// that is not on this machine or in a private network.",
    why: "Everybody on the way can change the page, and read what it sends.",
  },
  {
    id: "app-local-origin",
    severity: "warning",
    what: "An origin on localhost beside others, or in a file with a target for production.",
    why: "Whatever anybody runs on their own machine sends with the app's key, and counts as its visitors.",
  },
  {
    id: "app-like-service",
    severity: "warning",
    what: "An app with the name of a service. A service of kind browser or frontend is one.",
    why: "Lines and errors of pages and server stand under one name, and nobody can tell them apart.",
  },
  {
    id: "live-series",
    severity: "warning",
    isLive: true,
    what: "A metric or a stream that the servers have never seen.",
    why: "The alert never fires. Most often the name is misspelt; of the default alerts it is only told as information.",
  },
  {
    id: "live-label",
    severity: "warning",
    isLive: true,
    what: "A label, or a value of it, that no series of the metric has.",
    why: "The alert never fires.",
  },
  {
    id: "live-fires",
    severity: "info",
    isLive: true,
    what: "How often it would have fired in the last 7 days.",
    why: "More than a few times a day is noise; people stop to read.",
  },
  {
    id: "live-noisy",
    severity: "warning",
    isLive: true,
    what: "It would have fired more than 70 times in the last 7 days, or more than half of the time.",
    why: "People stop to read what fires always.",
  },
  {
    id: "live-cost",
    severity: "warning",
    isLive: true,
    what: "A query that takes longer than a tenth of the time between two looks.",
    why: "Rules of a group run one after the other; slow ones delay all.",
  },
  {
    id: "live-no-answer",
    severity: "warning",
    isLive: true,
    what: "A server that does not answer.",
    why: "Its alerts could not be checked; the exit code is 8 where nothing else is wrong.",
  },
  {
    id: "live-refused",
    severity: "error",
    isLive: true,
    what: "A query that the server itself refuses.",
    why: "The rule would not load, or fail each time.",
  },
];

export const CHECK_IDS: readonly string[] = LINT_CHECKS.map(({ id }) => id);

const BY_ID: ReadonlyMap<string, LintCheck> = new Map(
  LINT_CHECKS.map((check) => [check.id, check]),
);

export function severityOf(id: string): FaultSeverity {
  const check = BY_ID.get(id);
  if (check === undefined) throw new Error(`no lint check "${id}" in the table`);
  return check.severity;
}
