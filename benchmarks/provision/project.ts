import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atExit } from "../at-exit.ts";

export interface BenchProject {
  readonly folder: string;
  readonly file: string;
  /** Writes the file again, with another threshold in one alert. */
  readonly changeOne: () => void;
  readonly remove: () => Promise<void>;
}

export const RULES = 500;
export const DASHBOARDS = 500;
const PANELS = 12;

/** As many rules and dashboards as a large installation has, half of the rules on logs. */
export function createProject(url: string): BenchProject {
  const folder = mkdtempSync(join(tmpdir(), "sightline-provision-"));
  const remove = atExit(async () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "dashboards"));
  for (let index = 0; index < DASHBOARDS; index += 1) {
    const path = join(folder, "dashboards", `board-${index}.json`);
    writeFileSync(path, JSON.stringify(dashboard(index)));
  }
  const file = join(folder, "sightline.yaml");
  const write = (threshold: number): void => writeFileSync(file, specText(url, threshold));
  write(5);
  return { folder, file, changeOne: () => write(7), remove };
}

function specText(url: string, threshold: number): string {
  const alerts = Array.from({ length: RULES }, (_, index) => alertText(index, threshold));
  return `project: bench
default_alerts: {enabled: false}
contacts:
  - {name: ops, email: ops@example.org}
  - {name: chat, slack: "\${env:SLACK_WEBHOOK_URL}"}
alerts:
${alerts.join("\n")}
dashboards: ["dashboards/*.json"]
targets:
  - name: bench
    grafana: {url: "${url}", token: "\${env:GRAFANA_TOKEN}"}
`;
}

function alertText(index: number, threshold: number): string {
  const service = `service-${index % 40}`;
  return index % 2 === 0
    ? `  - name: Failure ${index}
    log: {service: ${service}, contains: "failure ${index}"}
    when: more than ${index === 0 ? threshold : 5} in 10m
    tell: ops`
    : `  - name: Slow ${index}
    metric: {service: ${service}, signal: p95, route: "/r/${index}"}
    when: above 1s for 5m
    tell: chat`;
}

function dashboard(index: number): object {
  return {
    uid: `board-${index}`,
    title: `Board ${index}`,
    schemaVersion: 41,
    time: { from: "now-6h", to: "now" },
    panels: Array.from({ length: PANELS }, (_, panel) => ({
      id: panel + 1,
      type: "timeseries",
      title: `Panel ${panel}`,
      gridPos: { x: (panel % 3) * 8, y: Math.floor(panel / 3) * 8, w: 8, h: 8 },
      datasource: { type: "prometheus", uid: "sightline-prometheus" },
      targets: [
        {
          refId: "A",
          expr: `sum by (http_route) (rate(http_server_request_duration_seconds_count{service_name="service-${index}"}[5m]))`,
        },
      ],
      fieldConfig: { defaults: { unit: "reqps" }, overrides: [] },
    })),
  };
}
