import type { Redactor } from "@sightline/core";
import type { Clock } from "@sightline/wire";
import type { Death } from "../deaths/death.ts";
import { toDeathEntry } from "../deaths/death-entry.ts";
import type { DeathFacts } from "../deaths/death-facts.ts";
import { type Judgement, judgeDeath } from "../deaths/judge-death.ts";
import type { RestartTracker } from "../deaths/restart-tracker.ts";
import type { TailLine } from "../deaths/tail.ts";
import { sinceText } from "../docker/anchor.ts";
import type { ContainerInspect } from "../docker/api-types.ts";
import type { DockerClient } from "../docker/docker-client.ts";
import type { ContainerFacts } from "../docker/identity-of.ts";
import { isRunning } from "../docker/is-running.ts";
import { readLog } from "../docker/read-log.ts";
import { findLastException } from "../lines/parse/last-exception.ts";
import type { Shipper } from "../ship/shipper.ts";
import { toMillis } from "../sources/line.ts";
import type { Run, RunEnd } from "./run.ts";

export interface DeathTellerOptions {
  readonly client: DockerClient;
  readonly clock: Clock;
  readonly shipper: Shipper;
  readonly redactor: Redactor;
  readonly restarts: RestartTracker;
  readonly tailLines: number;
}

const RESTARTING_POLICIES: ReadonlySet<string | undefined> = new Set(["always", "unless-stopped"]);
/** Where the container is gone nobody answers anyway; where it is not, the answer is near. */
const TAIL_MILLIS = 5_000;

/** Judges a death and ships its record. */
export async function tellDeath(
  options: DeathTellerOptions,
  inspect: ContainerInspect,
  facts: ContainerFacts,
  run: Run,
  end: RunEnd,
): Promise<Judgement> {
  const { client, shipper, redactor } = options;
  const latest = await client.inspect(facts.id);
  const now = latest.status === "ok" ? latest.value : inspect;
  const lines = await lastLines(options, facts, run, end);
  const exception = findLastException(lines.map(({ text }) => text));
  const known: DeathFacts = {
    exitCode: end.exitCode,
    startedAtMillis: run.startedUnixMillis,
    diedAtMillis: Math.floor(toMillis(end.time)),
    isOomKilled: isStateOf(now, run) ? now.State.OOMKilled : undefined,
    oomEventAtMillis: run.oomEventAtMillis,
    asked: run.asked,
    isStopSeen: run.isStopSeen,
    removesItself: inspect.HostConfig.AutoRemove,
    stopSignal: inspect.Config.StopSignal,
    stopTimeoutMillis:
      inspect.Config.StopTimeout === undefined ? undefined : inspect.Config.StopTimeout * 1000,
    exception,
    memory: run.lastMinute.memory,
    startError: isStateOf(now, run) ? now.State.Error : undefined,
  };
  const judgement = judgeDeath(known);
  const death: Death = {
    service: facts.service,
    release: facts.release,
    containerId: facts.id,
    run: run.number,
    facts: known,
    judgement,
    recent: options.restarts.note({
      service: facts.service,
      diedAtMillis: known.diedAtMillis,
      verdict: judgement.verdict,
      planned: judgement.planned,
      isMeantToRun: RESTARTING_POLICIES.has(inspect.HostConfig.RestartPolicy?.Name),
    }),
    cpuCores: run.lastMinute.cpuCores,
    lines,
    totalLines: run.tail.total(),
  };
  const entry = toDeathEntry(death, (text) => redactor.text(text));
  shipper.ship({ identity: run.identity, entries: [entry], isUrgent: true });
  return judgement;
}

/** The state is about the last run only; a restart clears it. */
function isStateOf({ State: state }: ContainerInspect, run: Run): boolean {
  const startedAt = Date.parse(state.StartedAt ?? "");
  return !isRunning(state) && Math.abs(startedAt - run.startedUnixMillis) < 2_000;
}

/** Those that this process has read; after a restart of the agent, what Docker still has. */
async function lastLines(
  options: DeathTellerOptions,
  facts: ContainerFacts,
  run: Run,
  end: RunEnd,
): Promise<readonly TailLine[]> {
  const own = run.tail.lines();
  if (own.length >= options.tailLines || !run.isResumed || options.tailLines === 0) return own;
  const lines: TailLine[] = [];
  const signal = AbortSignal.timeout(TAIL_MILLIS);
  const since = sinceText([Math.floor(run.startedUnixMillis / 1000), 0], 1);
  await readLog({
    opening: options.client.logs(
      facts.id,
      { follow: false, tail: options.tailLines, since },
      signal,
    ),
    signal,
    onLine(line) {
      if (toMillis(line.time) <= toMillis(end.time)) lines.push(line);
    },
  });
  return lines.length > own.length ? lines : own;
}
