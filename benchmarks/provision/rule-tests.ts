import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT } from "@sightline/core";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { summarize } from "../statistics.ts";
import { expectCode, runCli } from "./run-cli.ts";

/** Every default alert and every form of alert, through both outputs, servers started and ended. */
export async function measureRuleTests({ root, isQuick, note }: PartContext): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), "sightline-bench-rule-tests-"));
  try {
    cpSync(join(root, "test/stack/fixtures/rule-tests"), folder, { recursive: true });
    const file = join(folder, "sightline.yaml");
    const report = join(folder, "junit.xml");
    const args = ["test", "--file", file, "--junit", report];
    const seconds: number[] = [];
    for (let round = 0; round < (isQuick ? 1 : 5); round += 1) {
      const run = await expectCode(runCli(root, args, {}), EXIT.ok);
      note(`test: ${formatFigure(run.seconds)} s`);
      seconds.push(run.seconds);
    }
    const tests = Number(/tests="(\d+)"/.exec(readFileSync(report, "utf8"))?.[1] ?? 0);
    const { p50, min, max } = summarize(seconds);
    const perHundred = (p50 / tests) * 100;
    return {
      part: "rule-tests",
      title: `sightline test of ${tests} cases`,
      tables: [
        {
          columns: ["", "median, s", "fastest", "slowest"],
          rows: [[`${tests} cases, both outputs`, ...[p50, min, max].map(formatFigure)]],
        },
      ],
      targets: [{ name: "a hundred cases, median", value: perHundred, limit: 60, unit: "s" }],
      notes: ["Loki is started and ended in each round; promtool runs once for all cases."],
      data: { tests, seconds },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
