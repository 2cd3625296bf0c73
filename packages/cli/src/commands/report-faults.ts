import type { Context } from "../context.ts";
import type { Fault } from "../fault.ts";
import { renderFaults, summarizeFaults } from "../lint/report/text.ts";

export interface FaultyFile {
  readonly file: string;
  readonly source: string;
  readonly json: boolean | undefined;
}

/** Why a command does not go on, as `lint` shows it. */
export function reportFaults(
  { io, paint }: Context,
  faults: readonly Fault[],
  { file, source, json }: FaultyFile,
): void {
  if (json) io.out(`${JSON.stringify({ faults })}\n`);
  else io.err(`${renderFaults(faults, source, paint)}\n${summarizeFaults(faults)} in ${file}\n`);
}
