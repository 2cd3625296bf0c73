import { describe, expect, it } from "vitest";
import type { DashboardFile, Model } from "../../src/compile/model.ts";
import { generateDashboards } from "../../src/dashboard/generated.ts";
import { checkDashboards, withoutMacros } from "../../src/lint/check-dashboards.ts";

function check(...dashboards: readonly DashboardFile[]): string[] {
  return checkDashboards({ dashboards } as unknown as Model).map(({ message }) => message);
}

function panel(type: string, ...exprs: readonly string[]): object {
  return { title: "P", datasource: { type }, targets: exprs.map((expr) => ({ expr })) };
}

function board(...panels: readonly object[]): DashboardFile {
  return { uid: "b", title: "Board", json: { panels }, origin: "user", place: undefined };
}

describe("queries of dashboards", () => {
  it("are judged with Grafana's variables filled in", () => {
    expect(
      check(
        board(
          panel(
            "prometheus",
            'sum(rate(x_total{job=~"$job", a="${a:regex}"}[$__rate_interval])) / ${__range_s}',
            "sum(rate(x_total[$window]))",
            "sum by ($label) (x",
            "errors_total",
          ),
          panel("loki", '{service_name=~"$service"} |= "${text}"', 'rate({kind="log"}[$__auto])'),
          panel("influxdb", "not a query ("),
        ),
      ),
    ).toEqual([]);
  });

  it("that do not parse are told with their panel, in folded rows too", () => {
    const row = { type: "row", title: "R", panels: [panel("loki", '{service_name="a"} |= ')] };
    expect(check(board(panel("prometheus", "sum(rate(x_total[$__rate_interval])"), row))).toEqual([
      expect.stringMatching(/^dashboard "Board", panel "P": a "\)" is missing at the end in sum/),
      expect.stringMatching(/panel "P": something is missing/),
    ]);
  });

  it("of our own dashboards would be found right", () => {
    const ours = generateDashboards().map(({ text }): DashboardFile => {
      const json = JSON.parse(text) as Record<string, unknown>;
      return { uid: "x", title: String(json["title"]), json, origin: "user", place: undefined };
    });
    expect(check(...ours)).toEqual([]);
  });

  it.each([
    ["x[$__interval]", "x[5m]"],
    ["x[${__range}]", "x[5m]"],
    ['x{a="$b", c=`${d}`}', 'x{a="x", c=`x`}'],
    ['x{a=~"^a$"}', 'x{a=~"^a$"}'],
    ["topk($n, x)", undefined],
    ["$metric > 5", undefined],
  ])("%s becomes %s", (expr, query) => {
    expect(withoutMacros(expr)).toBe(query);
  });
});
