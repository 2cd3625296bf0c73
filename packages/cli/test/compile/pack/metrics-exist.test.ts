import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HOST_METRIC, PROMETHEUS, RECORDED, SCRAPE_JOB, SERVER_METRIC } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { compilePack } from "../../../src/compile/pack/compile-pack.ts";
import { inputOf } from "../compile-text.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../../../..");
const readYaml = (path: string): unknown => parse(readFileSync(join(root, path), "utf8"));

interface ScrapeConfig {
  readonly job_name: string;
  readonly metric_relabel_configs?: readonly { readonly regex: string; readonly action: string }[];
}
const jobs = (
  readYaml("provisioning/prometheus/prometheus.yml") as { scrape_configs: ScrapeConfig[] }
).scrape_configs;

describe("The metrics of the default alerts", () => {
  it.each(
    Object.values(SERVER_METRIC)
      .map((metric) => ({ metric, job: /^(loki|prometheus|alertmanager)_/.exec(metric)?.[1] }))
      .filter(({ job }) => job !== undefined),
  )("$metric is kept by the job $job of prometheus.yml", ({ metric, job }) => {
    const keep = jobs.find(({ job_name }) => job_name === job)?.metric_relabel_configs ?? [];
    expect(keep.length).toBeGreaterThan(0);
    for (const { regex, action } of keep) {
      expect(action).toBe("keep");
      expect(metric).toMatch(new RegExp(`^(?:${regex})$`));
    }
  });

  it("of jobs are those of prometheus.yml", () => {
    const names = jobs.map(({ job_name }) => job_name);
    expect(names).toEqual(
      expect.arrayContaining([...SCRAPE_JOB.stack, SCRAPE_JOB.apps, SCRAPE_JOB.probes]),
    );
  });

  it("of the machine are switched on in the collector", () => {
    const { receivers } = readYaml("provisioning/collector/config.yaml") as {
      receivers: {
        host_metrics: {
          scrapers: Record<string, { metrics?: Record<string, { enabled: boolean }> } | null>;
        };
      };
    };
    const { cpu, memory } = receivers.host_metrics.scrapers;
    // Off unless they are switched on; the others that are read are on by themselves.
    expect(cpu?.metrics?.["system.cpu.logical.count"]?.enabled).toBe(true);
    expect(memory?.metrics?.["system.linux.memory.available"]?.enabled).toBe(true);
    expect(memory?.metrics?.["system.memory.limit"]?.enabled).toBe(true);
    expect(Object.keys(receivers.host_metrics.scrapers)).toEqual(
      expect.arrayContaining(["cpu", "memory", "filesystem"]),
    );
  });

  it("have no name that conventions.ts does not have", () => {
    const known = new Set<string>(
      [PROMETHEUS, HOST_METRIC, SERVER_METRIC, RECORDED].flatMap((table) => Object.values(table)),
    );
    const { rules } = compilePack(inputOf("contacts: []"));
    const queries = rules.flatMap(({ expression, source }) =>
      source === "prometheus" && expression.kind === "conditions"
        ? expression.all.map(({ query }) => query)
        : [],
    );
    const names = queries.flatMap(
      (query) =>
        query.match(
          /\b(?:[a-z]+_[a-z_]{6,}|[a-z]+:[a-z_]+:[a-z0-9]+)\b(?=\{|\[|\)| offset| or| \/)/g,
        ) ?? [],
    );
    const labels = new Set(rules.flatMap(({ by }) => by));
    expect(names.length).toBeGreaterThan(60);
    expect([...new Set(names)].filter((name) => !known.has(name) && !labels.has(name))).toEqual([]);
  });
});
