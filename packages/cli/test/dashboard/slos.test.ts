import { GRAFANA_UID } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { compileSlos } from "../../src/compile/slos/compile-slos.ts";
import { createSlos } from "../../src/dashboard/slos.ts";
import { inputOf } from "../compile/compile-text.ts";

const dashboard = createSlos();
const panels = dashboard.panels.filter((panel) => panel.type !== "row");
const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

describe("The dashboard of SLOs", () => {
  it("reads only what an SLO records", () => {
    const yaml = 'slos: [{name: A, target: "99.9%", availability: true}]';
    const recorded = new Set(compileSlos(inputOf(yaml)).records.map(({ metric }) => metric));
    const read = expressions.flatMap((expr) => expr.match(/slo:[\w:]+/g) ?? []);
    expect(read.length).toBeGreaterThanOrEqual(panels.length);
    expect(read.filter((metric) => !recorded.has(metric))).toEqual([]);
  });

  it("is the page that the messages of SLOs link to, with their SLO chosen", () => {
    expect(dashboard.uid).toBe(GRAFANA_UID.slos);
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(["slo"]);
    const input = inputOf('slos: [{name: A, target: "99.9%", availability: true}]', {
      urls: { grafana: "https://g", alertmanager: undefined, runbooks: undefined },
    });
    const [rule] = compileSlos(input).rules;
    expect(rule?.message.annotations["dashboard_url"]).toEqual([
      { kind: "text", text: "https://g/d/sightline-slos?var-slo=slo-a" },
    ]);
  });

  it("explains every panel in a sentence, and says what an empty one means", () => {
    for (const panel of panels) {
      expect(panel.description).toMatch(/^.{20,}\.$/s);
      expect(panel.fieldConfig.defaults).toHaveProperty("noValue");
    }
  });
});
