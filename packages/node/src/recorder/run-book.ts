import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FILE_MODE } from "@sightline/wire";

/** What outlives the processes of a service: how many there were, and when the last ones died. */
export interface RunBook {
  /** Number of this start: 1 where none is remembered. */
  nextRun(): number;
  /** Notes an unplanned death, and says how many there were in the ten minutes up to it. */
  noteDeath(diedAtMillis: number): number;
}

const FILE = "runs.json";
const WINDOW_MILLIS = 600_000;
/** A loop once a second for the whole window, and no more. */
const MAX_DEATHS = 600;

type Page = { readonly run: number; readonly deaths: readonly number[] };

/**
 * A small file beside the rings. Two processes that start at once may get the same number, which is
 * no more than a number for people. Nothing here throws: without the file, each start is the first.
 */
export function openRunBook(directory: string): RunBook {
  const path = join(directory, FILE);

  function write(page: Page): void {
    const unborn = `${path}.${process.pid}`;
    try {
      writeFileSync(unborn, JSON.stringify(page), { mode: FILE_MODE });
      renameSync(unborn, path);
    } catch {
      // The ring itself says what is wrong with the disk.
    }
  }

  return {
    nextRun() {
      const page = readPage(path);
      const run = page.run + 1;
      write({ ...page, run });
      return run;
    },
    noteDeath(diedAtMillis) {
      const page = readPage(path);
      const fresh = page.deaths.filter((at) => Math.abs(diedAtMillis - at) < WINDOW_MILLIS);
      // Told again by a process that died while it told.
      if (!fresh.includes(diedAtMillis)) fresh.push(diedAtMillis);
      write({ ...page, deaths: fresh.slice(-MAX_DEATHS) });
      return fresh.length;
    },
  };
}

function readPage(path: string): Page {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as Partial<Page> | null;
    const deaths = Array.isArray(value?.deaths) ? value.deaths.filter(Number.isFinite) : [];
    const run = Number.isSafeInteger(value?.run) ? Number(value?.run) : 0;
    return { run, deaths: deaths.slice(-MAX_DEATHS) };
  } catch {
    return { run: 0, deaths: [] };
  }
}
