import type { Clock } from "@sightline/wire";
import type { ContainerInspect, DockerEvent } from "../docker/api-types.ts";
import type { DockerClient } from "../docker/docker-client.ts";
import { type ContainerFacts, readContainerFacts } from "../docker/identity-of.ts";
import { isRunning } from "../docker/is-running.ts";
import { type Time, toMillis } from "../sources/line.ts";
import { EVENT_EFFECTS } from "./event-effects.ts";
import type { OpenedLog } from "./log-pass.ts";
import { createLogReader, type LogReader } from "./log-reader.ts";
import type { Run, RunEnd } from "./run.ts";
import type { BookedRun } from "./run-book.ts";
import { SAME_START_MILLIS } from "./same-start.ts";

/** What one container needs of the agent around it. */
export interface ContainerSurroundings {
  readonly client: DockerClient;
  readonly clock: Clock;
  /** Logs that were never read begin here. */
  readonly firstSince: Time | undefined;
  openRun(inspect: ContainerInspect, facts: ContainerFacts, startedUnixMillis: number): Run;
  /** It died; some of its lines may be still to come. */
  onRunEnded(facts: ContainerFacts, run: Run): void;
  /** Whether a container that is not running has to be read and told of. */
  isNews(facts: ContainerFacts, startedUnixMillis: number, endedUnixMillis: number): boolean;
  /** All lines of the run were handed on. */
  onRunOver(inspect: ContainerInspect, facts: ContainerFacts, run: Run, isGone: boolean): void;
  onTrouble(facts: ContainerFacts, message: string): void;
  /** The kernel killed a process in it for memory, which need not be its death. */
  onOom(run: Run): void;
  /** The container has another name from here on. */
  renameRun(run: Run, facts: ContainerFacts): void;
}

/** One container, from its creation to its removal. Its events come in order. */
export interface Container {
  readonly facts: ContainerFacts;
  inspect(): ContainerInspect;
  onEvent(event: DockerEvent): void;
  /** Goes on with a run that an earlier process of the agent had begun to read. */
  resume(booked: BookedRun): void;
  /** It runs, or did until this moment; when it started was not seen. */
  beginBefore(unixMillis: number): void;
  /** Compares with what Docker says now, for what no event told. */
  reconcile(inspect: ContainerInspect): void;
  /** It does not exist any more. */
  onGone(unixMillis: number): void;
  currentRun(): Run | undefined;
  isRunning(): boolean;
  /** Whether it is gone and all of it was dealt with. */
  isOver(): boolean;
  stop(): Promise<void>;
}

export function createContainer(
  first: ContainerInspect,
  surroundings: ContainerSurroundings,
  opened?: OpenedLog,
): Container {
  let inspect = first;
  let isGone = false;
  let facts = readContainerFacts(first);
  /** Runs with lines to come, oldest first. */
  const runs: Run[] = [];
  let lastEndMillis = 0;
  let lastStartMillis = 0;

  const reader: LogReader = createLogReader({
    client: surroundings.client,
    id: facts.id,
    opened,
    clock: surroundings.clock,
    firstSince: surroundings.firstSince,
    runs,
    onRunRead(run) {
      run.sink.flush();
      runs.splice(runs.indexOf(run), 1);
      surroundings.onRunOver(inspect, facts, run, isGone);
    },
    async refresh() {
      const answer = await surroundings.client.inspect(facts.id);
      if (answer.status === "ok") reconcile(answer.value);
      else if (answer.status === "absent") onGone(surroundings.clock.now());
    },
    onTrouble: (message) => surroundings.onTrouble(facts, message),
  });

  const newest = (): Run | undefined => runs.at(-1);

  /**
   * @param source a start that an event or the book tells of has happened, whatever the clock says,
   *   which may have been set back; one of a look may be of long ago.
   */
  function begin(startedUnixMillis: number, source: "certain" | "look"): void {
    if (startedUnixMillis === lastStartMillis) return;
    const run = newest();
    const isStale = source === "look" && startedUnixMillis <= lastEndMillis;
    const isKnown =
      run !== undefined &&
      run.end === undefined &&
      Math.abs(startedUnixMillis - run.startedUnixMillis) < SAME_START_MILLIS;
    if (isStale || isKnown) return;
    lastStartMillis = startedUnixMillis;
    // Its death was not told, but nothing starts that has not ended.
    end({ time: toTime(startedUnixMillis), exitCode: undefined, isHindsight: true });
    runs.push(surroundings.openRun(inspect, facts, startedUnixMillis));
    reader.wake();
  }

  function end(how: RunEnd): void {
    const run = newest();
    if (run === undefined || run.end !== undefined) return;
    run.end = how;
    lastEndMillis = toMillis(how.time);
    surroundings.onRunEnded(facts, run);
    reader.wake();
  }

  function reconcile(now: ContainerInspect): void {
    inspect = now;
    const { ExitCode: exitCode } = now.State;
    const startedAt = parseDockerTime(now.State.StartedAt);
    if (startedAt === undefined) return;
    if (isRunning(now.State)) {
      begin(startedAt, "look");
      return;
    }
    // The answer was under way while it started again: it is about a run that has ended.
    if (startedAt <= lastEndMillis) return;
    const diedAt = parseDockerTime(now.State.FinishedAt) ?? surroundings.clock.now();
    if (startedAt > lastEndMillis && surroundings.isNews(facts, startedAt, diedAt)) {
      begin(startedAt, "look");
    }
    end({ time: toTime(diedAt), exitCode, isHindsight: true });
  }

  function onGone(unixMillis: number): void {
    isGone = true;
    end({ time: toTime(unixMillis), exitCode: undefined, isHindsight: true });
    reader.wake();
  }

  function rename(name: string): void {
    inspect = { ...inspect, Name: `/${name}` };
    facts = readContainerFacts(inspect);
    for (const run of runs) {
      if (run.end === undefined) surroundings.renameRun(run, facts);
    }
  }

  return {
    get facts() {
      return facts;
    },
    inspect: () => inspect,
    reconcile,
    beginBefore(unixMillis) {
      if (newest() !== undefined) return;
      const startedAt = parseDockerTime(inspect.State.StartedAt) ?? unixMillis;
      // It may run again by now.
      begin(Math.min(startedAt, unixMillis), "certain");
    },
    resume({ startedUnixMillis, end: ended }) {
      begin(startedUnixMillis, "certain");
      if (ended === undefined) return;
      // Its time is Docker's own; only what else was known of its death is gone.
      const { unixMillis, exitCode } = ended;
      end({ time: toTime(unixMillis), exitCode, isHindsight: false });
    },
    onGone,
    currentRun: newest,
    isRunning: () => newest() !== undefined && newest()?.end === undefined,
    isOver: () => isGone && runs.length === 0,
    stop: () => reader.stop(),
    onEvent(event) {
      const run = newest();
      EVENT_EFFECTS[event.Action]?.(event, run, {
        begin,
        end,
        onGone,
        rename,
        onOom: surroundings.onOom,
      });
    },
  };
}

const toTime = (unixMillis: number): Time => [
  Math.floor(unixMillis / 1000),
  Math.round((unixMillis % 1000) * 1e6),
];

/** Undefined for "never", which Docker writes as the year 1. */
export function parseDockerTime(text: string | undefined): number | undefined {
  const millis = Date.parse(text ?? "");
  return Number.isNaN(millis) || millis <= 0 ? undefined : millis;
}
