import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BookedImage, BookedRun, RunBookOptions } from "./run-book.ts";

interface Seen {
  readonly seenUnixMillis: number;
}

/** The book as it is on disk. Keys are names that others chose. */
export interface Pages {
  readonly version: 1;
  lastEventSeconds?: number;
  /** The last number under a container's name. */
  readonly numbers: Record<string, Seen & { readonly run: number }>;
  /** By container id, oldest first. */
  readonly runs: Record<string, readonly BookedRun[]>;
  /** By service. */
  readonly images: Record<string, Seen & BookedImage>;
  readonly kept: Record<string, unknown>;
}

const FILE = "runs.json";
/** What was not seen for so long is forgotten; numbers begin anew. */
const FORGET_AFTER_MILLIS = 90 * 24 * 3_600_000;

/** Reads the book; a damaged one is kept aside, said, and begun anew. */
export async function openPages(
  options: RunBookOptions,
): Promise<{ readonly pages: Pages; write(): Promise<void> }> {
  const path = join(options.directory, FILE);
  const pages = await readPages(path, options);
  forgetOld(pages, options.clock.now());
  let writing: Promise<void> = Promise.resolve();
  return {
    pages,
    write() {
      const text = JSON.stringify(pages);
      writing = writing
        .then(() => replaceFile(path, text))
        .catch((error: unknown) => {
          options.onTrouble(`cannot write "${path}": ${String(error)}; run numbers may repeat`);
        });
      return writing;
    },
  };
}

async function readPages(path: string, options: RunBookOptions): Promise<Pages> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      options.onTrouble(`cannot read "${path}": ${String(error)}; run numbers begin anew`);
    }
    return emptyPages();
  }
  try {
    return parsePages(text);
  } catch (error) {
    const aside = `${path}.corrupt`;
    await rename(path, aside).catch(() => {});
    options.onTrouble(
      `"${path}" is damaged (${String(error)}): kept as "${aside}"; run numbers begin anew`,
    );
    return emptyPages();
  }
}

function parsePages(text: string): Pages {
  const stored = JSON.parse(text) as Partial<Pages>;
  if (stored.version !== 1) throw new Error(`version "${stored.version}" is not 1`);
  const pages = emptyPages();
  Object.assign(pages.numbers, stored.numbers);
  Object.assign(pages.runs, stored.runs);
  Object.assign(pages.images, stored.images);
  Object.assign(pages.kept, stored.kept);
  if (!Object.values(pages.runs).every(Array.isArray)) throw new Error("runs are no lists");
  if (typeof stored.lastEventSeconds === "number") {
    pages.lastEventSeconds = stored.lastEventSeconds;
  }
  return pages;
}

/** Without a prototype: a container may be called "constructor". */
function emptyPages(): Pages {
  return {
    version: 1,
    numbers: Object.create(null),
    runs: Object.create(null),
    images: Object.create(null),
    kept: Object.create(null),
  };
}

function forgetOld({ numbers, images, runs }: Pages, now: number): void {
  const isOld = ({ seenUnixMillis }: Seen): boolean => now - seenUnixMillis > FORGET_AFTER_MILLIS;
  for (const shelf of [numbers, images]) {
    for (const [name, entry] of Object.entries(shelf)) if (isOld(entry)) delete shelf[name];
  }
  for (const [id, booked] of Object.entries(runs)) if (booked.every(isOld)) delete runs[id];
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}
