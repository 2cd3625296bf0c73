import { setTimeout as delay } from "node:timers/promises";
import type { TestStack } from "../../test/harness/stack.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { startServers, withStack } from "./own-stack.ts";
import { type MemoryUsage, readCpuSeconds, readMemory } from "./process-usage.ts";

const MEGABYTE = 1_000_000;
const FULL = { idleMillis: 300_000, cpuWindowMillis: 60_000 };
const QUICK = { idleMillis: 60_000, cpuWindowMillis: 30_000 };
const SUPERVISOR = "supervisor";

interface ProcessUsage extends MemoryUsage {
  readonly name: string;
  /** Of one core, in the window. */
  readonly cpuPercent: number;
}

/** Servers that only receive what the stack says about itself, left alone for a while. */
export async function measureMemory({ isQuick, note }: PartContext): Promise<Section> {
  const window = isQuick ? QUICK : FULL;
  const usage = await withStack(async (stack) => {
    await startServers(stack);
    const startedMillis = performance.now();
    note(`memory: the servers idle for ${window.idleMillis / 1000} s`);
    await delay(window.idleMillis - window.cpuWindowMillis);
    return measureWindow(stack, startedMillis + window.idleMillis - performance.now());
  });
  return describe(usage, window);
}

async function measureWindow(stack: TestStack, millis: number): Promise<ProcessUsage[]> {
  const before = readProcesses(stack);
  const cpuBefore = before.map(({ pid }) => readCpuSeconds(pid));
  const startedMillis = performance.now();
  await delay(millis);
  const seconds = (performance.now() - startedMillis) / 1000;
  const after = readProcesses(stack);
  if (JSON.stringify(after) !== JSON.stringify(before)) {
    throw new Error(`a server was restarted while it was measured: ${JSON.stringify(after)}`);
  }
  return after.map(({ name, pid }, index) => ({
    name,
    cpuPercent: ((readCpuSeconds(pid) - (cpuBefore[index] ?? 0)) / seconds) * 100,
    ...readMemory(pid),
  }));
}

function readProcesses(stack: TestStack): { name: string; pid: number }[] {
  const state = stack.state();
  return [
    ...state.servers.map(({ name }) => ({ name, pid: stack.pidOf(name) })),
    { name: SUPERVISOR, pid: state.supervisor.pid },
  ];
}

function describe(usage: readonly ProcessUsage[], window: typeof FULL): Section {
  const servers = usage.filter(({ name }) => name !== SUPERVISOR);
  const supervisor = usage.filter(({ name }) => name === SUPERVISOR);
  const together = total("servers together", servers);
  const withSupervisor = total("with the supervisor", usage);
  const minutes = formatFigure(window.idleMillis / 60_000);
  const rows = [...servers, together, ...supervisor, withSupervisor].map(
    ({ name, rss, pss, cpuPercent }) => [
      name,
      formatFigure(rss / MEGABYTE),
      formatFigure(pss / MEGABYTE),
      `${cpuPercent.toFixed(2)} %`,
    ],
  );
  return {
    part: "memory",
    title: `Idle memory and processor after ${minutes} min`,
    tables: [{ columns: ["process", "RSS, MB", "PSS, MB", "CPU of one core"], rows }],
    targets: [
      {
        name: `memory of the servers after ${minutes} min idle (RSS)`,
        value: together.rss / MEGABYTE,
        limit: 450,
        unit: "MB",
      },
      {
        name: `processor, idle, over the last ${window.cpuWindowMillis / 1000} s`,
        value: together.cpuPercent,
        limit: 10,
        unit: "% of one core",
      },
    ],
    notes: [],
    data: { ...window, processes: usage },
  };
}

function total(name: string, usage: readonly ProcessUsage[]): ProcessUsage {
  const sum = (field: "rss" | "pss" | "cpuPercent"): number =>
    usage.reduce((before, row) => before + row[field], 0);
  return { name, rss: sum("rss"), pss: sum("pss"), cpuPercent: sum("cpuPercent") };
}
