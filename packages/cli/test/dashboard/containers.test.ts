import { describeDeath, GRAFANA_UID, type Verdict } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createContainers } from "../../src/dashboard/containers.ts";
import type { Panel } from "../../src/dashboard/dashboard-json.ts";

const dashboard = createContainers();
const panels = dashboard.panels.filter((panel) => panel.type !== "row");

describe("the dashboard of containers", () => {
  it("has the uid that links rely on", () => {
    expect(dashboard.uid).toBe("sightline-containers");
    expect(dashboard.uid).toBe(GRAFANA_UID.containers);
  });

  it("begins with all hosts, services and containers, also where none is known yet", () => {
    const choices = dashboard.templating.list.filter((variable) => variable.type === "query");
    expect(choices.map(({ name }) => name)).toEqual(["host", "service", "container"]);
    for (const variable of choices) {
      expect(variable).toMatchObject({
        multi: true,
        includeAll: true,
        allValue: ".*",
        current: { value: ["$__all"] },
      });
    }
  });

  it("narrows every query to the chosen hosts, and all but the agents' own to the services", () => {
    const targets = panels.flatMap((panel) =>
      panel.targets.map(({ expr }) => ({ title: panel.title, expr })),
    );
    for (const { title, expr } of targets) {
      const selectors = [...expr.matchAll(/\{([^{}]*=~?"[^{}]*)\}/g)].map(
        ([, found]) => found ?? "",
      );
      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors) {
        expect(selector).toContain('host_name=~"$host"');
        if (title === "Waiting in the journals") continue;
        expect(selector).toContain('service_name=~"$service"');
      }
    }
  });

  it("says what to do where nothing is seen", () => {
    const empty = ["Containers", "CPU cores, used and limit", "What became of the lines"];
    for (const title of empty) {
      expect(panelOf(title).fieldConfig.defaults).toHaveProperty(
        "noValue",
        expect.stringMatching(/start/i),
      );
    }
    expect(panelOf("Containers").fieldConfig.defaults).toHaveProperty(
      "noValue",
      expect.stringContaining("`sightline up`"),
    );
  });

  it("leads from a row of the table to the overview of its service", () => {
    const { overrides } = panelOf("Containers").fieldConfig;
    const links = overrides
      .filter(({ matcher }) => matcher.options === "Service")
      .flatMap(({ properties }) => properties.filter(({ id }) => id === "links"));
    expect(links.map(({ value }) => value)).toEqual([
      [
        {
          title: "Overview of the service",
          url: `/d/${GRAFANA_UID.serviceOverview}?var-environment=\${__data.fields.deployment_environment_name}&var-service=\${__data.fields.service_name}&\${__url_time_range}`,
        },
      ],
    ]);
  });

  it("gives every column of a table a name that its properties refer to", () => {
    for (const panel of panels.filter(({ type }) => type === "table")) {
      const organize = panel.transformations?.find(({ id }) => id === "organize");
      const { renameByName } = (organize?.options ?? {}) as {
        renameByName?: Record<string, string>;
      };
      const values = panel.targets.map(({ refId }) => `Value #${refId}`);
      expect(Object.keys(renameByName ?? {})).toEqual(expect.arrayContaining(values));
      const names = new Set<unknown>(Object.values(renameByName ?? {}));
      const styled = panel.fieldConfig.overrides.map(({ matcher }) => matcher.options);
      expect(styled.filter((name) => !names.has(name))).toEqual([]);
    }
  });

  it("names every verdict in the words of the crash records", () => {
    const { overrides } = panelOf("Crashes, by verdict").fieldConfig;
    const words = overrides.flatMap(({ matcher, properties }) =>
      properties
        .filter(({ id }) => id === "displayName")
        .map(({ value }) => [matcher.options, value]),
    );
    expect(words.length).toBeGreaterThan(5);
    for (const [verdict, said] of words) {
      expect(said).toBe(describeDeath({ verdict: verdict as Verdict }));
    }
  });
});

function panelOf(title: string): Panel {
  const found = panels.find((panel) => panel.title === title);
  if (!found) throw new Error(`no panel "${title}"`);
  return found;
}
