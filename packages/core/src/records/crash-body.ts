/** One of the last lines before a death. */
export interface CrashLine {
  /** RFC 3339 in UTC, `2026-11-20T08:12:03.123Z`. */
  readonly time: string;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/** A crash record's body, taken apart. */
export interface CrashBody {
  /** Headline, evidence, exception: everything before the lines. */
  readonly summary: string;
  /** Undefined where the record carries none. */
  readonly lines: readonly CrashLine[] | undefined;
}

const HEADING = /(?:^|\n)Last lines \(\d{1,12} of \d{1,12}\):(?:\n|$)/;
const LINE = /^(\d{4}-\d\d-\d\dT\S{5,20}Z) (stdout|stderr) ?/;
/** What a text with line breaks goes on with, so that no part of it can pass for a line. */
const CONTINUED = "  ";

/**
 * The last part of a crash record's body. What comes before it must not have a line that begins
 * with `Last lines (` (the exception's text is indented).
 *
 * @param total lines that the run printed in all, those that were not kept included.
 */
export function formatCrashLines(lines: readonly CrashLine[], total: number): string {
  const heading = `Last lines (${lines.length} of ${Math.max(total, lines.length)}):`;
  return [heading, ...lines.map(formatCrashLine)].join("\n");
}

function formatCrashLine({ time, stream, text }: CrashLine): string {
  return `${time} ${stream} ${text.replaceAll("\n", `\n${CONTINUED}`)}`;
}

/** Reads back what {@link formatCrashLines} wrote; any other body is all summary. */
export function parseCrashBody(body: string): CrashBody {
  const heading = HEADING.exec(body);
  if (heading === null) return { summary: body, lines: undefined };
  const lines: CrashLine[] = [];
  for (const row of body.slice(heading.index + heading[0].length).split("\n")) {
    const [prefix, time, stream] = LINE.exec(row) ?? [];
    const last = lines.at(-1);
    if (prefix !== undefined && time !== undefined) {
      const text = row.slice(prefix.length);
      lines.push({ time, stream: stream === "stderr" ? "stderr" : "stdout", text });
    } else if (last !== undefined) {
      const more = row.startsWith(CONTINUED) ? row.slice(CONTINUED.length) : row;
      lines[lines.length - 1] = { ...last, text: `${last.text}\n${more}` };
    }
  }
  return { summary: body.slice(0, heading.index).trimEnd(), lines };
}
