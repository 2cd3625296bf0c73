import type { Clock } from "@sightline/wire";
import type { ContainerInspect, ContainerSummary, DockerEvent } from "../docker/api-types.ts";
import type { DockerClient } from "../docker/docker-client.ts";
import { pause } from "../pause.ts";
import { inspectFromBook, inspectFromEvent } from "./absent-container.ts";
import { type Container, type ContainerSurroundings, createContainer } from "./container.ts";
import { listenToEvents } from "./event-stream.ts";
import type { OpenedLog } from "./log-pass.ts";
import type { BookedRun, RunBook } from "./run-book.ts";
import { createSeenEvents } from "./seen-events.ts";

export interface TrackerOptions extends Omit<ContainerSurroundings, "client"> {
  readonly client: DockerClient;
  readonly clock: Clock;
  readonly book: RunBook;
  /** A container that the agent has not met; false: leave it alone. */
  isWanted(inspect: ContainerInspect): boolean;
  onContainer(container: Container, isNew: boolean): void;
  onContainerOver(container: Container): void;
  onEngineTrouble(message: string): void;
  /** Whether a place in its log is known from an earlier process of the agent. */
  hasPlace(containerId: string): boolean;
  /** Every container that there is was met. */
  onLooked(): void;
  /** Ids of all containers that there are now. */
  onLook(present: ReadonlySet<string>): void;
}

/** All containers of one engine: by their events, and by a look at the list from time to time. */
export interface Tracker {
  containers(): readonly Container[];
  /** Whether Docker answers. */
  isConnected(): boolean;
  /** Settles when it is known for the first time whether Docker answers. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** What no event told (an engine that was away, events it forgot) is found by looking. */
const LOOK_EVERY_MILLIS = 60_000;
/** Missed events come first: they know how a container died, a look does not. */
const REPLAY_MILLIS = 300;
const YOUNG_MILLIS = 30_000;
const LOG_FIRST_MILLIS = 2_000;
const MAX_INSPECTS = 8;
/** More than can be removed while one answer is under way. */
const MAX_DESTROYED = 1_000;
/** Docker gives events of this second again; they change nothing. */
const EVENT_OVERLAP_SECONDS = 1;

export function startTracker(options: TrackerOptions): Tracker {
  const { client, clock, book } = options;
  const stopping = new AbortController();
  const containers = new Map<string, Container>();
  /** Containers that are left alone. */
  const ignored = new Set<string>();
  /** Containers that were removed lately. */
  const destroyed = new Set<string>();
  /** Events of one container are dealt with one after the other, those of others meanwhile. */
  const queues = new Map<string, Promise<void>>();
  let isConnected = false;
  let setReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    setReady = resolve;
  });
  let cancelLook = (): void => {};
  const seenEvents = createSeenEvents();

  function enqueue(id: string, work: () => void | Promise<void>): void {
    const queue = (queues.get(id) ?? Promise.resolve()).then(work).catch((error: unknown) => {
      options.onEngineTrouble(`internal fault at container ${id.slice(0, 12)}: ${String(error)}`);
    });
    queues.set(id, queue);
    void queue.then(() => {
      if (queues.get(id) === queue) queues.delete(id);
      removeIfOver(id);
    });
  }

  function removeIfOver(id: string): void {
    const container = containers.get(id);
    if (container === undefined || !container.isOver()) return;
    containers.delete(id);
    options.onContainerOver(container);
  }

  function meet(
    inspect: ContainerInspect,
    isNew: boolean,
    opened?: OpenedLog,
  ): Container | undefined {
    if (!options.isWanted(inspect)) {
      ignored.add(inspect.Id);
      opened?.abort.abort();
      return undefined;
    }
    const surroundings: ContainerSurroundings = {
      ...options,
      onRunOver(...run) {
        options.onRunOver(...run);
        // Not at once: the container has not finished with this run yet.
        enqueue(inspect.Id, () => {});
      },
    };
    const container = createContainer(inspect, surroundings, opened);
    containers.set(inspect.Id, container);
    options.onContainer(container, isNew);
    for (const booked of book.untold()) {
      if (booked.container.id === inspect.Id) container.resume(booked);
    }
    return container;
  }

  async function onEvent(event: DockerEvent): Promise<void> {
    const id = event.Actor.ID;
    if (event.Action === "destroy") {
      ignored.delete(id);
      noteDestroyed(id);
    }
    if (ignored.has(id)) return;
    const container =
      containers.get(id) ?? (isOldNews(event) ? undefined : await meetByEvent(event));
    container?.onEvent(event);
    book.noteEvent(Math.floor(event.timeNano / 1e9));
  }

  /** Docker gives the events of the last second again, and what they tell may be told already. */
  function isOldNews({ Actor, timeNano }: DockerEvent): boolean {
    const last = book.lastOf(Actor.ID);
    return last?.isTold === true && timeNano / 1e6 <= (last.end?.unixMillis ?? 0) + 1;
  }

  function noteDestroyed(id: string): void {
    destroyed.add(id);
    for (const oldest of destroyed) {
      if (destroyed.size <= MAX_DESTROYED) return;
      destroyed.delete(oldest);
    }
  }

  /**
   * The log is opened before the container is looked at: Docker keeps an open log readable to its end,
   * and the container may be removed while the engine is too busy to answer.
   */
  async function meetByEvent(event: DockerEvent): Promise<Container | undefined> {
    if (!MEETING_ACTIONS.has(event.Action)) return undefined;
    const { ID: id } = event.Actor;
    // From its start: of a log that was begun by an earlier process, only the rest is wanted.
    const opened = options.hasPlace(id) ? undefined : openLog(id);
    // One at a time: a busy engine that is asked for both may answer the log last, and too late.
    if (opened) await Promise.race([opened.opening, pause(LOG_FIRST_MILLIS, clock)]);
    const answer = await client.inspect(id);
    const met = containers.get(id);
    if (met !== undefined) {
      opened?.abort.abort();
      return met;
    }
    if (answer.status === "failed") {
      options.onEngineTrouble(`cannot inspect ${id.slice(0, 12)}: ${answer.message}`);
    }
    // It may be gone already, but it lived, and that must show.
    const inspect = answer.status === "ok" ? answer.value : inspectFromEvent(event);
    const container = meet(inspect, event.Action === "start", opened);
    // Its start was before anybody looked; a death without a life would tell nothing.
    if (event.Action === "die") container?.beginBefore(Math.floor(event.timeNano / 1e6));
    return container;
  }

  function openLog(id: string): OpenedLog {
    const abort = new AbortController();
    const opening = client.logs(id, { follow: true }, abort.signal);
    return { opening, abort };
  }

  async function look(): Promise<void> {
    // One that is met while Docker answers is not in the answer, and lives.
    const met = [...containers.values()];
    const answer = await client.list();
    if (answer.status !== "ok") {
      if (answer.status === "failed") options.onEngineTrouble(answer.message);
      return;
    }
    const present = new Set(answer.value.map(({ Id }) => Id));
    for (const id of ignored) if (!present.has(id)) ignored.delete(id);
    for (const container of met) {
      const { id } = container.facts;
      if (!present.has(id)) enqueue(id, () => container.onGone(clock.now()));
    }
    options.onLook(present);
    for (const booked of book.untold()) tellGone(booked, present);
    const wanted = answer.value.filter(({ Id }) => !ignored.has(Id));
    await forEachLimited(wanted, MAX_INSPECTS, lookAt);
    await Promise.all(queues.values());
    options.onLooked();
  }

  /** It died and was removed while nobody looked, and Docker has forgotten its events. */
  function tellGone(booked: BookedRun, present: ReadonlySet<string>): void {
    const { id } = booked.container;
    if (present.has(id) || containers.has(id) || queues.has(id)) return;
    enqueue(id, () => {
      if (containers.has(id)) return;
      meet(inspectFromBook(booked), false)?.onGone(clock.now());
    });
  }

  async function lookAt(summary: ContainerSummary): Promise<void> {
    if (stopping.signal.aborted) return;
    const { Id: id } = summary;
    const opened = isYoung(summary) && !containers.has(id) ? openLog(id) : undefined;
    const answer = await client.inspect(id);
    if (answer.status !== "ok") return opened?.abort.abort();
    enqueue(id, () => {
      const known = containers.get(id);
      // The answer may be from before it was removed.
      const isGone = destroyed.has(id);
      if (known !== undefined || isGone) opened?.abort.abort();
      if (!isGone) (known ?? meet(answer.value, false, opened))?.reconcile(answer.value);
    });
  }

  /** It may be gone before it can be looked at, and nobody has read of it yet. */
  function isYoung({ Created, State }: ContainerSummary): boolean {
    return State === "running" && clock.now() - (Created ?? 0) * 1000 < YOUNG_MILLIS;
  }

  function planLook(afterMillis: number): void {
    cancelLook();
    cancelLook = clock.after(afterMillis, () => {
      void look().finally(() => planLook(LOOK_EVERY_MILLIS));
    });
  }

  const listening = listenToEvents({
    client,
    clock,
    signal: stopping.signal,
    since() {
      const last = book.lastEventSeconds();
      return last === undefined ? undefined : last - EVENT_OVERLAP_SECONDS;
    },
    onEvent(event) {
      if (!KNOWN_ACTIONS.has(event.Action) || !seenEvents.isNew(event)) return;
      enqueue(event.Actor.ID, () => onEvent(event));
    },
    onConnected() {
      isConnected = true;
      setReady();
      planLook(book.lastEventSeconds() === undefined ? 0 : REPLAY_MILLIS);
    },
    onTrouble(message) {
      isConnected = false;
      setReady();
      options.onEngineTrouble(message);
    },
  });

  return {
    ready,
    containers: () => [...containers.values()],
    isConnected: () => isConnected,
    async stop() {
      stopping.abort();
      cancelLook();
      await listening;
      await Promise.all([...containers.values()].map((container) => container.stop()));
    },
  };
}

const KNOWN_ACTIONS: ReadonlySet<string> = new Set([
  "rename",
  "start",
  "kill",
  "stop",
  "restart",
  "oom",
  "die",
  "destroy",
]);
const MEETING_ACTIONS: ReadonlySet<string> = new Set(["start", "die"]);

async function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
