import type { Clock } from "@sightline/wire";
import { openPages } from "./run-pages.ts";
import { isSameStart } from "./same-start.ts";

/** What has to outlive the agent beside the journal: numbers and images that Docker forgets. */
export interface RunBook {
  /**
   * The number of this start under the container's name. The same answer for the same start, also
   * after a restart of the agent.
   */
  begin(container: BookedContainer, startedUnixMillis: number, atLeast: number): number;
  noteEnd(containerId: string, run: number, end: BookedEnd): void;
  /** Its death is in the journal. */
  noteTold(containerId: string, run: number): void;
  /** What was told of late may be lost: the journal was damaged. It is told again. */
  doubtTold(): void;
  /** The newest start of a container that is booked. */
  lastOf(containerId: string): BookedRun | undefined;
  /** Starts whose deaths are not told yet, oldest first. */
  untold(): readonly BookedRun[];
  /** The container is gone, and all of it was told. */
  forget(containerId: string): void;
  /** @returns what a container that was made then tells about its service's image. */
  noteImage(service: string, image: BookedImage): ImageChange;
  /** Unix seconds of the newest event that was dealt with. */
  lastEventSeconds(): number | undefined;
  noteEvent(seconds: number): void;
  /** Anything else that has to be kept, by name; plain JSON. */
  keep(name: string, value: unknown): void;
  kept(name: string): unknown;
  /** Settles when all of it is on disk. Never rejects; what failed is said by `onTrouble`. */
  save(): Promise<void>;
}

/** Enough to tell of a container that is gone. */
export interface BookedContainer {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly image: string;
  readonly release?: string | undefined;
}

export interface BookedEnd {
  readonly unixMillis: number;
  readonly exitCode?: number | undefined;
}

export interface BookedRun {
  readonly container: BookedContainer;
  readonly run: number;
  readonly startedUnixMillis: number;
  readonly end?: BookedEnd;
  readonly isTold: boolean;
  readonly seenUnixMillis: number;
}

export interface BookedImage {
  readonly imageId: string;
  readonly release?: string | undefined;
  /** When the container was made. An older one tells nothing about a deployment. */
  readonly createdUnixMillis: number;
}

export type ImageChange =
  | { readonly status: "same" }
  | { readonly status: "first" }
  | { readonly status: "changed"; readonly from: string | undefined };

const SAVE_AFTER_MILLIS = 500;
/** Told ones of a container that are kept beside the newest: none are needed. */
const KEPT_TOLD = 1;
/** A journal holds what the collector has not taken; that is rarely older. */
const DOUBT_MILLIS = 24 * 3_600_000;

export interface RunBookOptions {
  readonly directory: string;
  readonly clock: Clock;
  onTrouble(message: string): void;
}

export async function openRunBook(options: RunBookOptions): Promise<RunBook> {
  const { clock } = options;
  const { pages, write } = await openPages(options);
  let isPlanned = false;

  function plan(): void {
    if (isPlanned) return;
    isPlanned = true;
    clock.after(SAVE_AFTER_MILLIS, () => void save());
  }

  function save(): Promise<void> {
    isPlanned = false;
    return write();
  }

  function change(containerId: string, run: number, facts: Partial<BookedRun>): void {
    const runs = (pages.runs[containerId] ?? []).map((booked) =>
      booked.run === run ? { ...booked, ...facts, seenUnixMillis: clock.now() } : booked,
    );
    if (runs.length === 0) return;
    const newest = runs.slice(-KEPT_TOLD);
    pages.runs[containerId] = runs.filter((booked) => !booked.isTold || newest.includes(booked));
    plan();
  }

  return {
    begin(container, startedUnixMillis, atLeast) {
      const runs = pages.runs[container.id] ?? [];
      const same = runs.find((booked) => isSameStart(booked, startedUnixMillis));
      if (same !== undefined) return same.run;
      const seenUnixMillis = clock.now();
      const last = Math.max(pages.numbers[container.name]?.run ?? 0, runs.at(-1)?.run ?? 0);
      const run = Math.max(last + 1, atLeast);
      pages.numbers[container.name] = { run, seenUnixMillis };
      const booked = { container, run, startedUnixMillis, isTold: false, seenUnixMillis };
      pages.runs[container.id] = [...runs.filter(({ isTold }) => !isTold), booked];
      plan();
      return run;
    },
    noteEnd: (containerId, run, end) => change(containerId, run, { end }),
    noteTold: (containerId, run) => change(containerId, run, { isTold: true }),
    doubtTold() {
      const isLate = ({ end }: BookedRun): boolean =>
        end !== undefined && clock.now() - end.unixMillis < DOUBT_MILLIS;
      for (const [id, runs] of Object.entries(pages.runs)) {
        pages.runs[id] = runs.map((run) => (isLate(run) ? { ...run, isTold: false } : run));
      }
      plan();
    },
    lastOf: (containerId) => pages.runs[containerId]?.at(-1),
    untold: () =>
      Object.values(pages.runs)
        .flat()
        .filter(({ isTold }) => !isTold),
    forget(containerId) {
      delete pages.runs[containerId];
      plan();
    },
    noteImage(service, { imageId, release, createdUnixMillis }) {
      const last = pages.images[service];
      if (last?.imageId === imageId) return { status: "same" };
      if (last !== undefined && createdUnixMillis <= last.createdUnixMillis) {
        return { status: "same" };
      }
      pages.images[service] = {
        imageId,
        createdUnixMillis,
        ...(release === undefined ? {} : { release }),
        seenUnixMillis: clock.now(),
      };
      plan();
      return last === undefined ? { status: "first" } : { status: "changed", from: last.release };
    },
    lastEventSeconds: () => pages.lastEventSeconds,
    noteEvent(seconds) {
      if (seconds <= (pages.lastEventSeconds ?? 0)) return;
      pages.lastEventSeconds = seconds;
      plan();
    },
    keep(name, value) {
      pages.kept[name] = value;
      plan();
    },
    kept: (name) => pages.kept[name],
    save,
  };
}
