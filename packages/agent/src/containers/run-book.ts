import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@sightline/wire";

/** What has to outlive the agent beside the journal: numbers and images that Docker forgets. */
export interface RunBook {
  /**
   * The number of this start under the container's name. The same answer for the same start, also
   * after a restart of the agent.
   */
  begin(name: string, containerId: string, startedUnixMillis: number, atLeast: number): number;
  /** The newest start under this name. */
  lastOf(name: string): RunFacts | undefined;
  noteEnd(name: string, run: number, endedUnixMillis: number): void;
  /** Its death is in the journal. */
  noteTold(name: string, run: number): void;
  /** @returns the release before, if the service had another image; `first` if it had none. */
  noteImage(service: string, imageId: string, release: string | undefined): ImageChange;
  /** Unix seconds of the newest event that was dealt with. */
  lastEventSeconds(): number | undefined;
  noteEvent(seconds: number): void;
  /** Anything else that has to be kept, by name; plain JSON. */
  keep(name: string, value: unknown): void;
  kept(name: string): unknown;
  /** Settles when all of it is on disk. Never rejects; what failed is said by `onTrouble`. */
  save(): Promise<void>;
}

export interface RunFacts {
  readonly run: number;
  readonly containerId: string;
  readonly startedUnixMillis: number;
  readonly endedUnixMillis?: number;
  readonly isTold: boolean;
  readonly seenUnixMillis: number;
}

export type ImageChange =
  | { readonly status: "same" }
  | { readonly status: "first" }
  | { readonly status: "changed"; readonly from: string | undefined };

interface Pages {
  version: 1;
  lastEventSeconds?: number;
  runs: Record<string, RunFacts>;
  images: Record<string, { imageId: string; release?: string; seenUnixMillis: number }>;
  kept: Record<string, unknown>;
}

const FILE = "runs.json";
const SAVE_AFTER_MILLIS = 500;
/** The start event and the state of the container name the same start a moment apart. */
const SAME_START_MILLIS = 2_000;
/** Names and services that were not seen for so long are forgotten; their numbers begin anew. */
const FORGET_AFTER_MILLIS = 90 * 24 * 3_600_000;

export interface RunBookOptions {
  readonly directory: string;
  readonly clock: Clock;
  onTrouble(message: string): void;
}

export async function openRunBook(options: RunBookOptions): Promise<RunBook> {
  const { clock } = options;
  const path = join(options.directory, FILE);
  const pages = await readPages(path, options);
  forgetOld(pages, clock.now());
  let isPlanned = false;
  let writing: Promise<void> = Promise.resolve();

  function plan(): void {
    if (isPlanned) return;
    isPlanned = true;
    clock.after(SAVE_AFTER_MILLIS, () => void write());
  }

  function write(): Promise<void> {
    isPlanned = false;
    const text = JSON.stringify(pages);
    writing = writing
      .then(() => replaceFile(path, text))
      .catch((error: unknown) => {
        options.onTrouble(`cannot write "${path}": ${String(error)}; run numbers may repeat`);
      });
    return writing;
  }

  function change(name: string, run: number, facts: Partial<RunFacts>): void {
    const last = pages.runs[name];
    if (last?.run !== run) return;
    pages.runs[name] = { ...last, ...facts, seenUnixMillis: clock.now() };
    plan();
  }

  return {
    begin(name, containerId, startedUnixMillis, atLeast) {
      const last = pages.runs[name];
      if (last !== undefined && isSameStart(last, containerId, startedUnixMillis)) return last.run;
      const run = Math.max((last?.run ?? 0) + 1, atLeast);
      const seenUnixMillis = clock.now();
      pages.runs[name] = { run, containerId, startedUnixMillis, isTold: false, seenUnixMillis };
      plan();
      return run;
    },
    lastOf: (name) => pages.runs[name],
    noteEnd: (name, run, endedUnixMillis) => change(name, run, { endedUnixMillis }),
    noteTold: (name, run) => change(name, run, { isTold: true }),
    noteImage(service, imageId, release) {
      const last = pages.images[service];
      if (last?.imageId === imageId) return { status: "same" };
      const seenUnixMillis = clock.now();
      pages.images[service] = {
        imageId,
        ...(release === undefined ? {} : { release }),
        seenUnixMillis,
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
    save: write,
  };
}

function isSameStart(last: RunFacts, containerId: string, startedUnixMillis: number): boolean {
  return (
    last.containerId === containerId &&
    startedUnixMillis <= (last.endedUnixMillis ?? Infinity) &&
    Math.abs(last.startedUnixMillis - startedUnixMillis) < SAME_START_MILLIS
  );
}

async function readPages(path: string, options: RunBookOptions): Promise<Pages> {
  // Names of containers are keys here, and one may be called "__proto__".
  const fresh = (): Pages => ({
    version: 1,
    runs: Object.create(null),
    images: Object.create(null),
    kept: Object.create(null),
  });
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      options.onTrouble(`cannot read "${path}": ${String(error)}; run numbers begin anew`);
    }
    return fresh();
  }
  try {
    const stored = JSON.parse(text) as Partial<Pages>;
    if (stored.version !== 1) throw new Error(`version "${stored.version}" is not 1`);
    const pages = fresh();
    Object.assign(pages.runs, stored.runs);
    Object.assign(pages.images, stored.images);
    Object.assign(pages.kept, stored.kept);
    if (typeof stored.lastEventSeconds === "number") {
      pages.lastEventSeconds = stored.lastEventSeconds;
    }
    return pages;
  } catch (error) {
    const aside = `${path}.corrupt`;
    await rename(path, aside).catch(() => {});
    options.onTrouble(
      `"${path}" is damaged (${String(error)}): kept as "${aside}"; run numbers begin anew`,
    );
    return fresh();
  }
}

function forgetOld(pages: Pages, now: number): void {
  for (const shelf of [pages.runs, pages.images]) {
    for (const [name, { seenUnixMillis }] of Object.entries(shelf)) {
      if (now - seenUnixMillis > FORGET_AFTER_MILLIS) delete shelf[name];
    }
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}
