import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestSeries } from "../../packages/cli/src/rule-test/case.ts";
import { freePort } from "./free-port.ts";
import { until } from "./until.ts";

/** Series with the time of their first sample, Unix milliseconds. */
export interface StoredSeries {
  readonly startMillis: number;
  readonly series: readonly TestSeries[];
}

export interface MetricStore {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A Prometheus that has these samples, however old, and scrapes nothing. */
export async function startMetricStore(
  binaries: { readonly prometheus: string; readonly promtool: string },
  all: readonly StoredSeries[],
): Promise<MetricStore> {
  const folder = mkdtempSync(join(tmpdir(), "sightline-metrics-"));
  const data = join(folder, "data");
  // A run each: promtool reads its whole input again for every two hours between first and last.
  for (const one of all.filter(({ series }) => series.length > 0)) {
    const file = join(folder, "samples.om");
    writeFileSync(file, toOpenMetrics(one));
    const args = ["tsdb", "create-blocks-from", "openmetrics", "--quiet", file, data];
    const result = spawnSync(binaries.promtool, args, { encoding: "utf8" });
    if (result.status !== 0) throw new Error(`promtool: ${result.stdout}${result.stderr}`);
  }
  const config = join(folder, "prometheus.yml");
  writeFileSync(config, "{}");
  const port = await freePort();
  const child = spawn(
    binaries.prometheus,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const url = `http://127.0.0.1:${port}`;
  await until("Prometheus", async () => (await fetch(`${url}/-/ready`)).ok);
  return {
    url,
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** https://prometheus.io/docs/specs/om/open_metrics_spec/ : samples of one metric stand together. */
function toOpenMetrics({ startMillis, series }: StoredSeries): string {
  const byMetric = new Map<string, string[]>();
  for (const { series: name, everyMillis, tokens } of series) {
    const metric = name.split("{")[0] ?? name;
    const lines = byMetric.get(metric) ?? [];
    tokens.forEach((token, index) => {
      if (token === "_" || token === "stale") return;
      lines.push(`${name} ${token} ${(startMillis + index * everyMillis) / 1000}`);
    });
    byMetric.set(metric, lines);
  }
  const parts = [...byMetric].map(
    ([metric, lines]) => `# TYPE ${metric} unknown\n${lines.join("\n")}`,
  );
  return `${parts.join("\n")}\n# EOF\n`;
}
