import { formatDuration } from "@sightline/core";
import type { Io } from "../io.ts";
import { cleanLine } from "./clean-text.ts";
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
        [mark, title, ...[note, elapsed()].filter(Boolean).map((text) => paint("dim", text))].join(
          " ",
        );
      // A redrawn line must fit: of one that wraps, only the last row could be cleared again.
      const shortLine = (): string => {
        const room = io.columns() - "… ".length - elapsed().length - 2;
        const [shownTitle, shownNote] = [cut(title, room), cut(note, room - title.length - 1)];
        return [
          paint("cyan", "…"),
          shownTitle,
          paint("dim", [shownNote, elapsed()].join(" ").trim()),
        ].join(" ");
      };
      const stop = io.isTty ? redraw(io, shortLine) : remind(io, () => line("…"));
      try {
        const result = await work((text) => {
          note = cleanLine(text);
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

function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return maxLength < 2 ? "" : `${text.slice(0, maxLength - 1)}…`;
}

function redraw(io: Io, line: () => string): () => void {
  const draw = (): void => io.err(`\r\u001b[2K${line()}`);
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
