import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseRuleFile } from "../../src/import/parse-rule-file.ts";
import { renderImported } from "../../src/import/render-imported.ts";
import { rulesToSpec } from "../../src/import/rules-to-spec.ts";
import { readSpec } from "../../src/spec/read-spec.ts";

const FILE = `
groups:
  - name: api
    interval: 30s
    limit: 10
    labels: {team: shop}
    rules:
      - record: job:http_requests:rate5m
        expr: sum by (job) (rate(http_requests_total[5m]))
      - alert: ApiDown
        expr: up{job="api"} == 0
        for: 5m
        keep_firing_for: 10m
        labels: {severity: critical, tier: "1"}
        annotations: {summary: "{{ $labels.instance }} is down"}
      - alert: ApiDown
        expr: up{job="api"} == 0
        labels: {severity: page}
  - name: lines
    rules:
      - alert: PaymentsFail
        expr: sum(count_over_time({app="shop"} |= "payment failed" [5m])) > 5
`;

function read(text: string) {
  const result = parseRuleFile("rules.yaml", text);
  if (result.status === "invalid") throw new Error(JSON.stringify(result.faults));
  return rulesToSpec(result.groups);
}

describe("rulesToSpec", () => {
  const { sections, notes } = read(FILE);

  it("takes an alert with all that it says", () => {
    expect(sections["alerts"]?.[0]).toEqual({
      name: "ApiDown",
      promql: 'up{job="api"} == 0',
      for: "5m",
      keep_firing_for: "10m",
      every: "30s",
      severity: "critical",
      labels: { team: "shop", tier: "1" },
      annotations: { summary: "{{ $labels.instance }} is down" },
    });
  });

  it("gives the second of a name another one, keeps a foreign severity as label, and says so", () => {
    expect(sections["alerts"]?.[1]).toMatchObject({
      name: "ApiDown (page)",
      labels: { severity: "page", team: "shop" },
    });
    expect(notes.join("\n")).toContain('one is called "ApiDown (page)" now');
  });

  it("tells LogQL from PromQL", () => {
    expect(sections["alerts"]?.[2]).toHaveProperty("logql");
    expect(sections["records"]).toEqual([
      {
        metric: "job:http_requests:rate5m",
        promql: "sum by (job) (rate(http_requests_total[5m]))",
        every: "30s",
        labels: { team: "shop" },
      },
    ]);
  });

  it("names what it could not take", () => {
    expect(notes.join("\n")).toContain('group "api": its limit of 10');
  });

  it("gives a specification that is read without a fault", () => {
    const text = renderImported({ sections, notes, files: [] }, "rules.yaml");
    expect(readSpec("sightline.yaml", text)).toMatchObject({ status: "ok" });
    expect(parse(text).alerts).toHaveLength(3);
  });
});

describe("parseRuleFile", () => {
  it("names every fault with its place", () => {
    const result = parseRuleFile(
      "bad.yaml",
      "groups:\n  - rules:\n      - alert: A\n      - alert: B\n        expr: [1]\n",
    );
    expect(result.status).toBe("invalid");
    const faults = result.status === "invalid" ? result.faults : [];
    expect(faults.map(({ place }) => place?.path)).toEqual([
      "groups.0.name",
      "groups.0.rules.0.expr",
      "groups.0.rules.1.expr",
    ]);
    expect(faults[2]?.place).toMatchObject({ file: "bad.yaml", line: 5 });
  });

  it.each(["", "42", "a: b", "groups: {}", "{{{"])("refuses %j", (text) => {
    expect(parseRuleFile("bad.yaml", text).status).toBe("invalid");
  });
});
