import { join } from "node:path";
import { EXIT } from "@sightline/core";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { summarize } from "../statistics.ts";
import { createProject, DASHBOARDS, RULES } from "./project.ts";
import { expectCode, runCli } from "./run-cli.ts";

/** From the file to the files that the servers read, with nothing kept from the last time. */
export async function measureBuild({ root, isQuick, note }: PartContext): Promise<Section> {
  const project = createProject("http://127.0.0.1:9");
  const seconds: number[] = [];
  for (let round = 0; round < (isQuick ? 3 : 9); round += 1) {
    const out = join(project.folder, `out-${round}`);
    const args = ["build", "--file", project.file, "--out", out];
    const run = await expectCode(runCli(root, args, {}), EXIT.ok);
    note(`build: ${formatFigure(run.seconds)} s`);
    seconds.push(run.seconds);
  }
  const start = summarize(await measureStart(root, isQuick ? 3 : 9));
  await project.remove();
  const { p50, min, max } = summarize(seconds);
  return {
    part: "build",
    title: `build of ${RULES} rules and ${DASHBOARDS} dashboards`,
    tables: [
      {
        columns: ["", "median, s", "fastest", "slowest"],
        rows: [
          ["sightline build", ...[p50, min, max].map(formatFigure)],
          ["of that: start of Node", ...[start.p50, start.min, start.max].map(formatFigure)],
        ],
      },
    ],
    targets: [{ name: "build, median", value: p50, limit: 1, unit: "s" }],
    notes: [],
    data: { seconds, start },
  };
}

/** What any command costs before it does something. */
async function measureStart(root: string, rounds: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    seconds.push((await expectCode(runCli(root, ["--version"], {}), EXIT.ok)).seconds);
  }
  return seconds;
}
