import {
  GRAFANA_UID,
  LOKI_LABEL,
  LOKI_METADATA,
  PROMETHEUS,
  PROMETHEUS_LABEL,
} from "@sightline/core";
import { describe, expect, it } from "vitest";
import type { PlacedPanel } from "../../src/dashboard/dashboard-json.ts";
import { createServiceOverview } from "../../src/dashboard/service-overview.ts";

const dashboard = createServiceOverview();
const panels = dashboard.panels.filter((panel) => panel.type !== "row");
const targets = panels.flatMap((panel) => panel.targets);
const expressions = targets.map(({ expr }) => expr);

describe("the service overview", () => {
  it("has the uid that links rely on", () => {
    expect(dashboard.uid).toBe("sightline-service-overview");
    expect(dashboard.uid).toBe(GRAFANA_UID.serviceOverview);
  });

  it("asks the stack's data sources by their fixed uids, and no others", () => {
    const asked = new Set(targets.map(({ datasource }) => datasource.uid));
    expect([...asked].sort()).toEqual([GRAFANA_UID.loki, GRAFANA_UID.prometheus]);
    for (const panel of panels) {
      for (const target of panel.targets) expect(target.datasource).toEqual(panel.datasource);
    }
  });

  it("reads only metrics that conventions.ts names", () => {
    const known = new Set<string>(Object.values(PROMETHEUS));
    const read = expressions.flatMap((expr) =>
      [...expr.matchAll(/([a-z_:][\w:]*)\{/gi)].map(([, name]) => name ?? ""),
    );
    expect(read.length).toBeGreaterThan(20);
    expect(read.filter((name) => !known.has(name))).toEqual([]);
  });

  it("matches and groups by labels that conventions.ts names", () => {
    const known = new Set<string>([
      ...Object.values(PROMETHEUS_LABEL),
      ...Object.values(LOKI_LABEL),
      ...Object.values(LOKI_METADATA),
      "le",
    ]);
    const labels = expressions.flatMap((expr) => [
      ...[...expr.matchAll(/([a-z_]\w*)\s*(?:=~|!=|!~|=)\s*"/gi)].map(([, name]) => name ?? ""),
      ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => (list ?? "").split(/,\s*/)),
    ]);
    expect(labels.length).toBeGreaterThan(60);
    expect(labels.filter((label) => !known.has(label))).toEqual([]);
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

  it("uses no variable that it does not define", () => {
    const defined = new Set(dashboard.templating.list.map(({ name }) => name));
    const texts = [...expressions, ...dashboard.templating.list.map(({ query }) => text(query))];
    const used = texts.flatMap((expr) =>
      [...expr.matchAll(/\$\{?([a-z_]\w*)/gi)].map(([, name]) => name ?? ""),
    );
    expect(used.filter((name) => !name.startsWith("__") && !defined.has(name))).toEqual([]);
  });

  it("explains every panel in a sentence, and says what an empty one means", () => {
    for (const panel of panels) {
      expect(panel.description).toMatch(/^.{20,}\.$/s);
      expect(panel.fieldConfig.defaults).toHaveProperty("noValue");
      expect(panel.fieldConfig.defaults).not.toHaveProperty("noValue", "0");
    }
  });

  it("gives every panel an id of its own and no two the same place", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(cellsOf);
    expect(new Set(cells).size).toBe(cells.length);
  });

  it("leads from the slowest requests to their traces", () => {
    const latency = panels.find(({ title }) => title === "Latency");
    expect(latency?.targets.some(({ exemplar }) => exemplar === true)).toBe(true);
  });
});

function text(query: string | { readonly query: string }): string {
  return typeof query === "string" ? query : query.query;
}

function cellsOf({ gridPos: { x, y, w, h } }: PlacedPanel): string[] {
  expect(x + w).toBeLessThanOrEqual(24);
  return Array.from(
    { length: w * h },
    (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`,
  );
}
