import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { summarize } from "../statistics.ts";
import { type CommandResult, runTimed } from "./npm-command.ts";
import { withStack } from "./own-stack.ts";

const FULL_RUNS = 5;
const QUICK_RUNS = 2;

/** `npm run up` where everything is installed and built, with the example, from stopped and running. */
export async function measureUpTime({ root, isQuick, note }: PartContext): Promise<Section> {
  const runs = isQuick ? QUICK_RUNS : FULL_RUNS;
  return withStack(async ({ env }) => {
    const up = () =>
      runTimed("npm", ["run", "--silent", "up", "--", "--mode", "embedded"], { cwd: root, env });
    const down = () => runTimed("npm", ["run", "--silent", "down"], { cwd: root, env });
    note(`up-time: npm run up and npm run down, ${runs} times`);
    // The first one compiles what changed and creates the stores: it is no second run.
    await up();
    const [stopping, starting, running]: CommandResult[][] = [[], [], []];
    for (let run = 0; run < runs; run++) {
      running?.push(await up());
      stopping?.push(await down());
      starting?.push(await up());
    }
    return describe({
      "stopped → up, every signal read back": starting ?? [],
      "running already → every signal read back": running ?? [],
      "npm run down": stopping ?? [],
    });
  });
}

function describe(results: Readonly<Record<string, readonly CommandResult[]>>): Section {
  const last = Object.values(results)[0]?.at(-1);
  const steps = last?.steps.map(({ title, time }) => `${title} ${time}`).join(", ") ?? "";
  return {
    part: "up-time",
    title: "Time of `npm run up`, warm",
    tables: [
      {
        columns: ["what", "median, s", "fastest, s", "slowest, s", "runs"],
        rows: Object.entries(results).map(([name, runs]) => {
          const { p50, min, max, count } = summarize(runs.map(({ seconds }) => seconds));
          return [name, ...[p50, min, max].map(formatFigure), String(count)];
        }),
      },
    ],
    targets: [],
    notes: steps === "" ? [] : [`Steps of the last start: ${steps}.`],
    data: results,
  };
}
