import { GRAFANA_UID } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createServiceOverview } from "../../src/dashboard/service-overview.ts";

const dashboard = createServiceOverview();
const panels = dashboard.panels.filter((panel) => panel.type !== "row");
const targets = panels.flatMap((panel) => panel.targets);
const expressions = [...targets, ...dashboard.annotations.list].map(({ expr }) => expr);

describe("the service overview", () => {
  it("has the uid that links rely on", () => {
    expect(dashboard.uid).toBe("sightline-service-overview");
    expect(dashboard.uid).toBe(GRAFANA_UID.serviceOverview);
  });

  it("narrows every query to the chosen service and environment", () => {
    for (const expr of expressions) {
      const selectors = [...expr.matchAll(/\{([^}]*="[^}]*)\}/g)].map(([, selector]) => selector);
      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors) {
        expect(selector).toContain('service_name="$service"');
        expect(selector).toContain('deployment_environment_name="$environment"');
      }
    }
  });

  it("leads from the slowest requests to their traces", () => {
    const latency = panels.find(({ title }) => title === "Latency");
    expect(latency?.targets.some(({ exemplar }) => exemplar === true)).toBe(true);
  });
});
