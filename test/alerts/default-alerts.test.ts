import { describe, expect, it } from "vitest";
import { PACK } from "../../packages/cli/src/compile/pack/pack.ts";
import { compileYaml, emittedRules } from "./compile-yaml.ts";
import { DEFAULT_ALERT_CASES } from "./default-alert-cases.ts";
import { type AlertCase, type CaseGroup, runCases } from "./promtool-cases.ts";

const compiled = compileYaml("contacts: []\n");
const rules = emittedRules(compiled);
const rows = PACK.filter(({ source }) => source === "prometheus");

const groups: CaseGroup[] = rows.map((row) => {
  const rule = rules.find(({ id }) => id === `sightline-${row.id}`);
  if (rule === undefined) throw new Error(`no rule of ${row.id}`);
  return {
    alert: row.name,
    by: row.by,
    rules: [rule.rule],
    cases: (DEFAULT_ALERT_CASES[row.id] ?? []).map(whereOthersSend),
  };
});

/** Figures of a machine and of a server of the stack arrive in every case that does not say otherwise. */
function whereOthersSend(it: AlertCase): AlertCase {
  const isSaid = (metric: string): boolean =>
    Object.keys(it.series).some((series) => series.startsWith(metric));
  return {
    ...it,
    series: {
      ...it.series,
      ...(!isSaid("system_cpu_logical_count") && {
        'system_cpu_logical_count{host_name="vm-1"}': "4x2000",
      }),
      ...(!isSaid("up{") && { 'up{job="prometheus", instance="prometheus:9090"}': "1x2000" }),
    },
  };
}

describe("The default alerts on Prometheus' own engine", () => {
  const found = runCases(groups.filter(({ cases }) => cases.length > 0));

  it.each(rows.map(({ id }) => id))("%s has a case that fires and one that does not", (id) => {
    const cases = DEFAULT_ALERT_CASES[id] ?? [];
    expect(cases.some(({ fires }) => fires !== undefined)).toBe(true);
    expect(cases.some(({ fires }) => fires === undefined)).toBe(id !== "watchdog");
  });

  for (const { alert, cases } of groups) {
    for (const { title, fires } of cases) {
      it(`${alert} ${fires === undefined ? "stays quiet" : "fires"}: ${title}`, () => {
        expect(found.get(`${alert}: ${title}`)).toBe("");
      });
    }
  }
});
