import type { DropReason } from "@sightline/core";
import type { Line, Position, Stream } from "./line.ts";

/** Lines that a source knows it lost. */
export interface Gap {
  readonly reason: DropReason;
  /** Undefined where nobody can know, for example what was rotated away while the agent was down. */
  readonly lines: number | undefined;
  /** What happened, for people: "rotated away before it was read". */
  readonly detail: string;
}

/** What a source (a container's run, a file, a unit) hands its lines to. */
export interface SourceSink {
  /** Where to go on in this stream; undefined: from the start. */
  resumePosition(stream: Stream): Position | undefined;
  /** Takes the next line. Lines of one stream come in order. */
  push(line: Line): void;
  /** Undefined while there is room; else a promise that settles when there is. Read on only then. */
  room(): Promise<void> | undefined;
  gap(gap: Gap): void;
  /** Nothing more comes for now: hands on the lines that were held back for joining. */
  flush(): void;
}
