const HEADING = "\nRaised as:\n";

/** The body of a browser's error, taken apart. */
export interface BrowserErrorBody {
  /** Type, message and stack as they are read: with names of the source where there was a map. */
  readonly shown: string;
  /** The stack as the browser wrote it; undefined where it is what is shown. */
  readonly raised: string | undefined;
}

/** @param raised frames alone: no line of it may be empty. */
export function formatBrowserError({ shown, raised }: BrowserErrorBody): string {
  if (raised !== undefined) return shown + HEADING + raised;
  // A page that says these words itself must not hide what it says behind them.
  return shown.replaceAll(HEADING, `${HEADING.trimEnd()} \n`);
}

/** Reads back what {@link formatBrowserError} wrote; any other body is all shown. */
export function parseBrowserError(body: string): BrowserErrorBody {
  // The last one: a message may hold any text, the frames behind it cannot.
  const at = body.lastIndexOf(HEADING);
  if (at < 0) return { shown: body, raised: undefined };
  return { shown: body.slice(0, at), raised: body.slice(at + HEADING.length) };
}
