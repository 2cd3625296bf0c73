import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtTool } from "../harness/built-tool.ts";

/** A sentence, the series that come in, and what the alert does then. */
export interface AlertCase {
  readonly title: string;
  /** In promtool's notation, a sample a minute. */
  readonly series: Readonly<Record<string, string>>;
  /** It fires at this time with these values of its labels, else never in `lasts`. */
  readonly fires?: { readonly at: string; readonly labels: Readonly<Record<string, string>> };
  readonly lasts: string;
}

export interface CaseGroup {
  readonly alert: string;
  readonly by: readonly string[];
  /** Of rule files: the alert and the records that it reads. */
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  readonly cases: readonly AlertCase[];
}

/**
 * Runs the cases through promtool, which is Prometheus' own engine: one run for all of them.
 *
 * @returns by `alert: title` what was not as expected; an empty text where all was.
 */
export function runCases(groups: readonly CaseGroup[]): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "sightline-alerts-"));
  try {
    const files = groups.map((group, index) => writeGroup(folder, group, index));
    const report = join(folder, "junit.xml");
    const promtool = builtTool("prometheus", "prom/prometheus", "promtool");
    const ran = spawnSync(promtool, ["test", "rules", `--junit=${report}`, ...files], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    return readReport(readFileSync(report, "utf8"), ran.stderr);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeGroup(folder: string, group: CaseGroup, index: number): string {
  const rules = join(folder, `rules-${index}.yaml`);
  writeFileSync(rules, JSON.stringify({ groups: [{ name: "rules", rules: group.rules }] }));
  const file = join(folder, `test-${index}.yaml`);
  const tests = group.cases.map((it) => ({
    name: `${group.alert}: ${it.title}`,
    interval: "1m",
    input_series: Object.entries(it.series).map(([series, values]) => ({ series, values })),
    promql_expr_test: [expectation(group, it)],
  }));
  writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: "30s", tests }));
  return file;
}

function expectation({ alert, by }: CaseGroup, { fires, lasts }: AlertCase): object {
  const firing = `ALERTS{alertname=${JSON.stringify(alert)}, alertstate="firing"}`;
  const grouped = (vector: string): string =>
    by.length === 0 ? `group(${vector})` : `group by (${by.join(", ")}) (${vector})`;
  if (fires === undefined) {
    return {
      expr: grouped(`last_over_time(${firing}[${lasts}])`),
      eval_time: lasts,
      exp_samples: [],
    };
  }
  const labels = Object.entries(fires.labels).map(
    ([name, value]) => `${name}=${JSON.stringify(value)}`,
  );
  return {
    expr: grouped(firing),
    eval_time: fires.at,
    exp_samples: [{ labels: `{${labels.join(", ")}}`, value: 1 }],
  };
}

function readReport(xml: string, stderr: string): Map<string, string> {
  const found = new Map<string, string>();
  const cases = [...xml.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)];
  if (cases.length === 0)
    throw new Error(`promtool reported nothing: ${stderr}\n${xml.slice(0, 2_000)}`);
  for (const [, name = "", body = ""] of cases) {
    found.set(decode(name), /<failure|<error/.test(body) ? decode(body.trim()) : "");
  }
  return found;
}

function decode(text: string): string {
  return text
    .replaceAll(/&#(x?)([0-9A-Fa-f]+);/g, (_, hex: string, digits: string) =>
      String.fromCodePoint(Number.parseInt(digits, hex === "x" ? 16 : 10)),
    )
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
