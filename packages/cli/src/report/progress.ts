import { formatDuration } from "@sightline/core";
import type { Io } from "../io.ts";
import type { Painter } from "./style.ts";

const SPIN_EVERY_MILLIS = 250;
/** Where there is no terminal to redraw, a long step says this often that it is alive. */
const REMIND_EVERY_MILLIS = 20_000;

export interface Progress {
  /** Runs one step under its title, with the time it takes; `note` changes what stands behind it. */
  step: <T>(title: string, work: (note: (text: string) => void) => Promise<T>) => Promise<T>;
}

export function createProgress(io: Io, paint: Painter): Progress {
  return {
    async step(title, work) {
      const startedMillis = performance.now();
      const elapsed = (): string => formatDuration(performance.now() - startedMillis);
      let note = "";
      const line = (mark: string): string =>
        `${mark} ${title}${note ? ` ${paint("dim", note)}` : ""} ${paint("dim", elapsed())}`;
      const stop = io.isTty
        ? redraw(io, () => line(paint("cyan", "…")))
        : remind(io, () => line("…"));
      try {
        const result = await work((text) => {
          note = text;
        });
        stop();
        io.err(`${line(paint("green", "✓"))}\n`);
        return result;
      } catch (error) {
        stop();
        io.err(`${line(paint("red", "✗"))}\n`);
        throw error;
      }
    },
  };
}

function redraw(io: Io, line: () => string): () => void {
  const draw = (): void => io.err(`\r\u001b[2K${line().slice(0, io.columns * 2)}`);
  draw();
  const timer = setInterval(draw, SPIN_EVERY_MILLIS);
  return () => {
    clearInterval(timer);
    io.err("\r\u001b[2K");
  };
}

function remind(io: Io, line: () => string): () => void {
  const timer = setInterval(() => io.err(`${line()}\n`), REMIND_EVERY_MILLIS);
  return () => clearInterval(timer);
}
