import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentOf, type LineCandidate, moduleOf, receiversAt } from "./candidates.ts";
import { runNode } from "./child.ts";
import type { Workbench } from "./install.ts";
import type { Sink } from "./sink.ts";

export const KILLED_LINES = 2_000;
const TIMEOUT_MILLIS = 60_000;
let lives = 0;

/** Median of the lines that reach the receiver after a SIGKILL and the next start. */
export async function countSurvivors(
  workbench: Workbench,
  sink: Sink,
  candidate: LineCandidate,
  repeats: number,
): Promise<number> {
  if (candidate.base === undefined) return Number.NaN;
  const counts: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    lives += 1;
    const run = `killed${lives}`;
    const service = `killed-${lives}`;
    const data = mkdtempSync(join(tmpdir(), "sightline-bench-"));
    const receivers = receiversAt(sink.port);
    const program = [workbench.program("death.mjs"), moduleOf(workbench, candidate)];
    const live = (options: object): Promise<unknown> =>
      runNode([...program, JSON.stringify({ ...receivers, service, run, ...options })], {
        env: environmentOf(receivers, { service, data }),
        timeoutMillis: TIMEOUT_MILLIS,
      });
    await live({ lines: KILLED_LINES, death: "SIGKILL" });
    await live({ lines: 0, death: "next start" });
    counts.push((await sink.count(run)).lines);
    rmSync(data, { recursive: true, force: true });
  }
  return counts.toSorted((left, right) => left - right)[Math.floor((counts.length - 1) / 2)] ?? 0;
}
