import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Memory of one process now, bytes. */
export interface MemoryUsage {
  /** All pages in memory; pages shared between processes count in each of them. */
  readonly rss: number;
  /** The same with shared pages divided among those who share them: only this may be added up. */
  readonly pss: number;
}

/** Source: proc(5), `/proc/pid/smaps_rollup`. */
export function readMemory(pid: number): MemoryUsage {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return { rss: readKilobytes(text, "Rss"), pss: readKilobytes(text, "Pss") };
}

function readKilobytes(text: string, field: string): number {
  const [, value] = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text) ?? [];
  if (value === undefined) throw new Error(`no "${field}" in smaps_rollup`);
  return Number(value) * 1024;
}

/** Processor time of one process since its start, user and system, in seconds (proc(5), `stat`). */
export function readCpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name stands in parentheses and may hold anything; fields are counted from behind it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return (user + system) / ticksPerSecond();
}

let ticks: number | undefined;

function ticksPerSecond(): number {
  ticks ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return ticks;
}
