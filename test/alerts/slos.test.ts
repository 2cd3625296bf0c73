import { describe, expect, it } from "vitest";
import { compileYaml, emittedRules } from "./compile-yaml.ts";
import { type AlertCase, type CaseGroup, runCases } from "./promtool-cases.ts";

const who = 'deployment_environment_name="prod", service_name="api", service_instance_id="a"';
const count = (status: number): string =>
  `http_server_request_duration_seconds_count{${who}, http_response_status_code="${status}"}`;
const bucket = (le: string): string =>
  `http_server_request_duration_seconds_bucket{${who}, le="${le}"}`;
const prod = { deployment_environment_name: "prod" };

const AVAILABILITY = 'slos: [{name: Answers, service: api, target: "99.9%", availability: true}]';
const LATENCY = 'slos: [{name: Fast, service: api, target: "99%", latency: 1s}]';
const METRIC = `slos: [{name: Jobs, target: "99%", metric: {errors: 'jobs_total{state="failed"}', total: jobs_total}}]`;
const LOG = `slos: [{name: Mail, target: "99%", log: {bad: '{service_name="mail"} |= "bounce"', total: '{service_name="mail"}'}}]`;

interface SloCase extends AlertCase {
  readonly yaml: string;
  readonly alert: string;
}

const CASES: readonly SloCase[] = [
  {
    title:
      "a total outage within the six minutes that are promised, though no request ever failed before",
    yaml: AVAILABILITY,
    alert: "SLO Answers (1h)",
    series: { [count(200)]: "0+60x120 7200x20", [count(500)]: "_x121 60+60x20" },
    fires: { at: "126m", labels: prod },
    lasts: "140m",
  },
  {
    title: "two of a hundred requests",
    yaml: AVAILABILITY,
    alert: "SLO Answers (1h)",
    series: { [count(200)]: "0+98x120", [count(500)]: "0+2x120" },
    fires: { at: "90m", labels: prod },
    lasts: "120m",
  },
  {
    title: "an outage that is over",
    yaml: AVAILABILITY,
    alert: "SLO Answers (1h)",
    series: {
      [count(200)]: "0+60x60 3600x5 3660+60x60",
      [count(500)]: "0x60 60+60x4 300x60",
    },
    fires: { at: "67m", labels: prod },
    lasts: "125m",
  },
  {
    title: "one of a thousand requests, which is what may fail",
    yaml: AVAILABILITY,
    alert: "SLO Answers (1h)",
    series: { [count(200)]: "0+999x120", [count(500)]: "0+1x120" },
    lasts: "120m",
  },
  {
    title: "one failure of a service with a request a minute",
    yaml: AVAILABILITY,
    alert: "SLO Answers (1h)",
    series: { [count(200)]: "0+1x120", [count(500)]: "0x60 1x60" },
    lasts: "120m",
  },
  {
    title: "no traffic",
    yaml: AVAILABILITY,
    alert: "SLO Answers (1h)",
    series: { [count(200)]: "900x120", [count(500)]: "90x120" },
    lasts: "120m",
  },
  {
    title: "nothing there",
    yaml: AVAILABILITY,
    alert: "SLO Answers (1h)",
    series: {},
    lasts: "120m",
  },
  {
    title: "seven of a thousand requests in six hours",
    yaml: AVAILABILITY,
    alert: "SLO Answers (6h)",
    series: { [count(200)]: "0+993x400", [count(500)]: "0+7x400" },
    fires: { at: "380m", labels: prod },
    lasts: "400m",
  },
  {
    title: "a glitch in the first hour of a new objective",
    yaml: AVAILABILITY,
    alert: "SLO Answers (3d)",
    series: { [count(200)]: "0+1000x120", [count(500)]: "0x5 200x115" },
    lasts: "120m",
  },
  {
    title: "two of a thousand requests, for days",
    yaml: AVAILABILITY,
    alert: "SLO Answers (3d)",
    series: { [count(200)]: "0+998x500", [count(500)]: "0+2x500" },
    fires: { at: "400m", labels: prod },
    lasts: "500m",
  },
  {
    title: "seven of a thousand requests are too few for the fast alert",
    yaml: AVAILABILITY,
    alert: "SLO Answers (1h)",
    series: { [count(200)]: "0+993x400", [count(500)]: "0+7x400" },
    lasts: "400m",
  },
  {
    title: "a restart of the process",
    yaml: AVAILABILITY,
    alert: "SLO Answers (1h)",
    series: {
      [count(200)]: "0+60x60 0+60x60",
      [count(500)]: "900x60 0x60",
    },
    lasts: "120m",
  },
  {
    title: "a fifth of the requests takes longer than a second",
    yaml: LATENCY,
    alert: "SLO Fast (1h)",
    series: {
      [bucket("1")]: "0+80x120",
      [bucket("2.5")]: "0+100x120",
      [bucket("+Inf")]: "0+100x120",
      [count(200)]: "0+100x120",
    },
    fires: { at: "60m", labels: prod },
    lasts: "120m",
  },
  {
    title: "bounds that are written 1.0",
    yaml: LATENCY,
    alert: "SLO Fast (1h)",
    series: {
      [bucket("1.0")]: "0+100x120",
      [bucket("+Inf")]: "0+100x120",
      [count(200)]: "0+100x120",
    },
    lasts: "120m",
  },
  {
    title: "a third of the jobs",
    yaml: METRIC,
    alert: "SLO Jobs (1h)",
    series: { 'jobs_total{state="failed"}': "0+1x120", 'jobs_total{state="done"}': "0+2x120" },
    fires: { at: "60m", labels: {} },
    lasts: "120m",
  },
  {
    title: "jobs of which none ever failed",
    yaml: METRIC,
    alert: "SLO Jobs (1h)",
    series: { 'jobs_total{state="done"}': "0+2x120" },
    lasts: "120m",
  },
  {
    title: "a fifth of the lines, counted by the Loki ruler",
    yaml: LOG,
    alert: "SLO Mail (1h)",
    series: {
      'slo:sli_errors:rate5m{slo="slo-mail", slo_name="Mail"}': "0.2x120",
      'slo:sli_total:rate5m{slo="slo-mail", slo_name="Mail"}': "1x120",
    },
    fires: { at: "60m", labels: {} },
    lasts: "120m",
  },
];

const groups: CaseGroup[] = CASES.map((it) => {
  const emitted = emittedRules(compileYaml(it.yaml)).filter(
    ({ source }) => source === "prometheus",
  );
  const alert = emitted.find(({ rule }) => rule["alert"] === it.alert);
  if (alert === undefined) throw new Error(`no alert "${it.alert}"`);
  const records = emitted.filter(
    ({ kind, rule }) => kind === "record" && String(rule["record"]).startsWith("slo:sli"),
  );
  return {
    alert: it.alert,
    by: it.yaml === METRIC || it.yaml === LOG ? [] : ["deployment_environment_name"],
    rules: [...records, alert].map(({ rule }) => rule),
    cases: [it],
  };
});

describe("Burn-rate alerts on Prometheus' own engine", () => {
  const found = runCases(groups);
  it.each(CASES)("$alert: $title", ({ alert, title }) => {
    expect(found.get(`${alert}: ${title}`)).toBe("");
  });
});
