import { totalmem } from "node:os";
import type { AgentConfig, Redactor, ShipMode } from "@sightline/core";
import type { Clock } from "@sightline/wire";
import type { MetricStore } from "@sightline/wire/metrics";
import type { Accounts } from "../accounts/accounts.ts";
import { createRestartTracker } from "../deaths/restart-tracker.ts";
import type { ContainerInspect } from "../docker/api-types.ts";
import type { DockerClient } from "../docker/docker-client.ts";
import {
  type ContainerFacts,
  type HostFacts,
  identityOf,
  readContainerFacts,
} from "../docker/identity-of.ts";
import { checkLogDriver } from "../docker/log-driver.ts";
import { decideShipMode } from "../docker/ship-mode.ts";
import {
  beginDeathCounters,
  countDeath,
  countOomKill,
  countRestart,
} from "../resources/count-deaths.ts";
import { recordLimits, recordSample } from "../resources/record-sample.ts";
import { createSampler } from "../resources/sampler.ts";
import type { Shipper } from "../ship/shipper.ts";
import type { LagMeter } from "../sources/lag-meter.ts";
import { type Line, toMillis } from "../sources/line.ts";
import type { Container } from "./container.ts";
import { deployEntry } from "./deploy-entry.ts";
import { containerOf, openRun, renameRun, sourceOf } from "./open-run.ts";
import type { Run } from "./run.ts";
import type { RunBook } from "./run-book.ts";
import { isSameStart } from "./same-start.ts";
import { tellDeath } from "./tell-death.ts";
import { startTracker, type Tracker } from "./tracker.ts";

export interface DockerSourceOptions {
  readonly config: AgentConfig;
  readonly client: DockerClient;
  readonly host: HostFacts;
  readonly clock: Clock;
  readonly shipper: Shipper;
  readonly accounts: Accounts;
  readonly store: MetricStore;
  readonly redactor: Redactor;
  readonly book: RunBook;
  readonly lag: LagMeter;
  startPattern(service: string): RegExp | undefined;
  onSingleLine(line: Line, service: string): void;
  onStart(service: string, environment: readonly string[]): void;
  log(text: string): void;
}

const RESTARTS = "restarts";
/** A container that ended before the agent came is of interest for so long. */
const NEWS_MILLIS = 24 * 3_600_000;
/** Loki refuses lines of more than a week; a day less, because reading takes its time. */
const FIRST_READ_MILLIS = 6 * 24 * 3_600_000;

/** Everything that comes from one Docker engine: lines, deaths, deployments. */
export function startDockerSource(options: DockerSourceOptions): Tracker {
  const { config, client, clock, shipper, accounts, store, book, log } = options;
  const restarts = createRestartTracker(book.kept(RESTARTS));
  const modes = new Map<string, Exclude<ShipMode, "off">>();
  const told = new Set<string>();
  const finishing = new Set<Promise<void>>();
  const openLives = new Set<string>();
  /** The newest run of each container, for its samples. */
  const running = new Map<string, Run>();
  const sampler = createSampler({
    clock,
    intervalMillis: config.docker.statsIntervalMillis,
    hostMemoryBytes: totalmem(),
    async readStats(id, signal) {
      const answer = await client.stats(id, signal);
      if (answer.status === "failed") throw new Error(answer.message);
      return answer.status === "ok" ? answer.value : undefined;
    },
    onSample(id, sample) {
      const run = running.get(id);
      if (run === undefined || run.end !== undefined) return;
      recordSample(store, run.identity.metricResource, sample, run.startedUnixMillis);
    },
  });

  /** Says a sentence once; a loop of restarts would say it every second. */
  function sayOnce(text: string): void {
    if (told.has(text)) return;
    if (told.size > 1_000) told.clear();
    told.add(text);
    log(text);
  }

  function isWanted(inspect: ContainerInspect): boolean {
    const facts = readContainerFacts(inspect);
    const { mode, fault } = decideShipMode(facts.name, facts.labels, config.docker);
    if (fault !== undefined) sayOnce(fault);
    if (mode === "off") return false;
    const driver = checkLogDriver(facts.name, inspect.HostConfig.LogConfig);
    if (driver.status === "unreadable") sayOnce(driver.message);
    modes.set(facts.id, mode);
    return true;
  }

  function begin(inspect: ContainerInspect, facts: ContainerFacts, startedUnixMillis: number): Run {
    const atLeast = (inspect.RestartCount ?? 0) + 1;
    const last = book.lastOf(facts.id);
    const isBooked = last !== undefined && isSameStart(last, startedUnixMillis);
    const number = book.begin(facts, startedUnixMillis, atLeast);
    const mode = modes.get(facts.id) ?? "ship";
    const surroundings = { ...options, ...config, onTrouble: sayOnce };
    // What this process opens for the first time, an earlier one may have begun to read.
    const isResumed =
      !running.has(facts.id) && shipper.positionOf(sourceOf(facts.id)) !== undefined;
    const run = openRun(surroundings, facts, mode, number, startedUnixMillis, isResumed);
    const resource = run.identity.metricResource;
    beginDeathCounters(store, resource);
    if (number > 1 && !isBooked) countRestart(store, resource);
    recordLimits(store, resource, inspect.HostConfig);
    options.onStart(facts.service, inspect.Config.Env ?? []);
    running.set(facts.id, run);
    openLives.add(run.life);
    sampler.add(facts.id, startedUnixMillis);
    return run;
  }

  function noteDeploy(container: Container, isNew: boolean): void {
    const { facts } = container;
    if (facts.imageId === "") return;
    const { Created, State } = container.inspect();
    const createdUnixMillis = Date.parse(Created);
    // One that ended long ago says nothing about what runs now.
    if (!isNew && !State.Running) return;
    const change = book.noteImage(facts.service, { ...facts, createdUnixMillis });
    if (change.status === "same" || (change.status === "first" && !isNew)) return;
    const from = change.status === "changed" ? change.from : undefined;
    const entry = deployEntry(facts, from, createdUnixMillis);
    const run = (book.lastOf(facts.id)?.run ?? 0) + 1;
    shipper.ship({ identity: identityOf(facts, run, options.host), entries: [entry] });
  }

  async function finish(
    inspect: ContainerInspect,
    facts: ContainerFacts,
    run: Run,
    isGone: boolean,
  ): Promise<void> {
    const { end } = run;
    if (end === undefined) return;
    accounts.ended(run.life, toMillis(end.time));
    openLives.delete(run.life);
    const judgement = await tellDeath(
      { ...options, restarts, tailLines: config.tailLines },
      inspect,
      facts,
      run,
      end,
    );
    countDeath(store, run.identity.metricResource, {
      ...judgement,
      isOomCounted: run.oomEventAtMillis !== undefined,
    });
    // Names may be new with every container; what is gone must not be exported for ever.
    if (isGone) store.forget(run.identity.metricResource);
    book.keep(RESTARTS, restarts.save());
    // Not before it is on disk: a death that is noted but not stored would be lost by a crash of ours.
    await shipper.flush();
    book.noteTold(facts.id, run.number);
    // At once: an agent that is killed before this is on disk tells the death a second time.
    await book.save();
    if (isGone) shipper.forget(sourceOf(facts.id));
  }

  const tracker = startTracker({
    client,
    clock,
    book,
    firstSince: [Math.floor((clock.now() - FIRST_READ_MILLIS) / 1000), 0],
    isWanted,
    openRun: begin,
    onContainer: noteDeploy,
    onContainerOver({ facts }) {
      modes.delete(facts.id);
      running.delete(facts.id);
      shipper.forget(sourceOf(facts.id));
      void Promise.all(finishing).then(() => book.forget(facts.id));
    },
    isNews(facts, startedUnixMillis, endedUnixMillis) {
      const last = book.lastOf(facts.id);
      const isTold = last?.isTold === true && isSameStart(last, startedUnixMillis);
      return !isTold && clock.now() - endedUnixMillis < NEWS_MILLIS;
    },
    onRunEnded(facts, run) {
      if (run.end === undefined) return;
      const endedUnixMillis = toMillis(run.end.time);
      const { exitCode } = run.end;
      book.noteEnd(facts.id, run.number, { unixMillis: endedUnixMillis, exitCode });
      run.lastMinute = sampler.lastMinute(facts.id, endedUnixMillis);
      sampler.remove(facts.id);
      store.forget(run.identity.metricResource);
    },
    onRunOver(inspect, facts, run, isGone) {
      const work = finish(inspect, facts, run, isGone).catch((error: unknown) => {
        log(`internal fault at the death of "${facts.name}": ${String(error)}`);
      });
      finishing.add(work);
      void work.then(() => finishing.delete(work));
    },
    onTrouble: (facts, message) => sayOnce(`cannot read the log of "${facts.name}": ${message}`),
    onEngineTrouble: sayOnce,
    onOom: (run) => countOomKill(store, run.identity.metricResource),
    hasPlace: (id) => shipper.positionOf(sourceOf(id)) !== undefined,
    renameRun: (run, facts) => renameRun({ ...options, ...config, onTrouble: sayOnce }, run, facts),
    onLooked() {
      // Told by an earlier process that ended before it could write so into the accounts.
      for (const { life, run, endedUnixMillis } of accounts.list()) {
        const isOpen = run === undefined || endedUnixMillis !== undefined || openLives.has(life);
        if (!isOpen) accounts.ended(life, clock.now());
      }
    },
    onLook(present) {
      for (const source of shipper.sources()) {
        const id = containerOf(source);
        // Removed while nobody looked; one that is still being dealt with goes with its end.
        if (id !== undefined && !present.has(id) && !modes.has(id)) shipper.forget(source);
      }
    },
  });
  return {
    ...tracker,
    async stop() {
      sampler.stop();
      await tracker.stop();
      await Promise.all(finishing);
    },
  };
}
