import {
  CRASH_FIELD,
  ERROR_FIELD,
  GRAFANA_UID,
  LOKI_LABEL,
  LOKI_METADATA,
  PAGE_METADATA,
  PROMETHEUS,
  PROMETHEUS_LABEL,
  SESSION_FIELD,
} from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createBrowser } from "../../src/dashboard/browser.ts";
import { createContainers } from "../../src/dashboard/containers.ts";
import type { Dashboard, Panel } from "../../src/dashboard/dashboard-json.ts";
import { createNodeRuntime } from "../../src/dashboard/node-runtime.ts";
import { createServiceOverview } from "../../src/dashboard/service-overview.ts";
import { cellsOf } from "./cells-of.ts";

const dashboards: readonly [string, Dashboard][] = [
  ["the service overview", createServiceOverview()],
  ["the dashboard of containers", createContainers()],
  ["the Node runtime", createNodeRuntime()],
  ["the browser", createBrowser()],
];

describe.each(dashboards)("%s", (_, dashboard) => {
  const panels = dashboard.panels.filter((panel) => panel.type !== "row");
  const targets = panels.flatMap((panel) => panel.targets);
  const expressions = [...targets, ...dashboard.annotations.list].map(({ expr }) => expr);

  it("asks the stack's data sources by their fixed uids, and no others", () => {
    const asked = new Set(
      [...targets, ...dashboard.annotations.list].map(({ datasource }) => datasource.uid),
    );
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
    expect(read.length).toBeGreaterThan(10);
    expect(read.filter((name) => !known.has(name))).toEqual([]);
  });

  it("matches and groups by labels that conventions.ts names", () => {
    const known = new Set<string>([
      ...Object.values(PROMETHEUS_LABEL),
      ...Object.values(LOKI_LABEL),
      ...Object.values(LOKI_METADATA),
      ...Object.values(CRASH_FIELD),
      ...Object.values(SESSION_FIELD),
      ...Object.values(ERROR_FIELD),
      ...Object.values(PAGE_METADATA),
      // Made by the query of failed requests.
      "address",
      "le",
    ]);
    const labels = expressions.flatMap((expr) => [
      ...[...expr.matchAll(/([a-z_]\w*)\s*(?:=~|!=|!~|=)\s*["`]/gi)].map(([, name]) => name ?? ""),
      ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => (list ?? "").split(/,\s*/)),
    ]);
    expect(labels.length).toBeGreaterThan(60);
    expect(labels.filter((label) => !known.has(label))).toEqual([]);
  });

  it("uses no variable that it does not define", () => {
    const defined = new Set(dashboard.templating.list.map(({ name }) => name));
    const texts = [...expressions, ...dashboard.templating.list.map(({ query }) => text(query))];
    const used = texts.flatMap((expr) =>
      [...expr.matchAll(/\$\{?([a-z_]\w*)/gi)].map(([, name]) => name ?? ""),
    );
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !name.startsWith("__") && !defined.has(name))).toEqual([]);
  });

  it("explains every panel in a sentence, and says what an empty one means", () => {
    for (const panel of panels) {
      expect(panel.description).toMatch(/^.{20,}\.$/s);
      expect(panel.fieldConfig.defaults).toHaveProperty("noValue");
      expect(panel.fieldConfig.defaults).not.toHaveProperty("noValue", "0");
    }
  });

  it("has words of its own for an empty cell of a table, not those for an empty table", () => {
    for (const { fieldConfig, targets, transformations } of panels.filter(isTable)) {
      const organize = transformations?.find(({ id }) => id === "organize")?.options as {
        renameByName: Record<string, string>;
      };
      for (const { refId } of targets) {
        const name = organize.renameByName[`Value #${refId}`];
        const properties = fieldConfig.overrides
          .filter(({ matcher }) => matcher.options === name)
          .flatMap((override) => override.properties);
        expect(properties).toContainEqual({
          id: "mappings",
          value: [expect.objectContaining({ type: "special" })],
        });
      }
    }
  });

  it("does not make Grafana write the words for an empty panel at an axis", () => {
    const graphs = panels.filter(({ type }) => type === "timeseries");
    expect(graphs.length).toBeGreaterThan(0);
    for (const { fieldConfig } of graphs) {
      expect(fieldConfig.defaults).not.toHaveProperty("decimals", 0);
    }
  });

  it("gives every panel an id of its own and no two the same place", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(cellsOf);
    expect(new Set(cells).size).toBe(cells.length);
  });

  it("asks Loki for records by their kind, which is a stream, and counts them by few labels", () => {
    const logql = [...targets, ...dashboard.annotations.list]
      .filter(({ datasource }) => datasource.uid === GRAFANA_UID.loki)
      .map(({ expr }) => expr);
    for (const expr of logql) {
      expect(expr).toMatch(/\{[^}]*\bkind="(?:log|crash|deploy|session|error)"/);
      // A series per line, where the count is not summed, or per user, where nothing bounds it.
      for (const [, before] of expr.matchAll(/(.{0,80})count_over_time/g)) {
        expect(before).toMatch(
          /sum(?: by \((?:verdict|detected_level|browser_route|(?:fp_t, )?(?:user|visitor)_hash|http_request_method, address, error_type)\))? ?\($/,
        );
      }
    }
  });

  // Pages do neither.
  const isOfPages = dashboard.uid === GRAFANA_UID.browser;
  it.skipIf(isOfPages)("marks crashes that nobody asked for, and deployments", () => {
    const [crashes, deploys] = dashboard.annotations.list.map(({ expr }) => expr);
    expect(crashes).toContain('kind="crash"');
    expect(crashes).toContain('planned!="true"');
    expect(crashes).toContain('restart_loop!="true"');
    expect(deploys).toContain('kind="deploy"');
  });
});

describe("the dashboards", () => {
  it("lead to each other", () => {
    const byUid = new Map(dashboards.map(([, dashboard]) => [dashboard.uid, dashboard]));
    for (const { uid, links } of byUid.values()) {
      const others = [...byUid.keys()].filter((other) => other !== uid);
      expect(links.map(({ url }) => url)).toEqual(others.map((other) => `/d/${other}`));
    }
  });
});

function isTable({ type }: Panel): boolean {
  return type === "table";
}

function text(query: string | { readonly query: string }): string {
  return typeof query === "string" ? query : query.query;
}
