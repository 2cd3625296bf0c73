import type { Line, Position } from "../../../src/sources/line.ts";
import type { Gap, SourceSink } from "../../../src/sources/source-sink.ts";

export interface RecordedLine extends Line {
  readonly key: string;
  readonly path: string;
  readonly life: string;
}

/**
 * What stands in for the rest of the agent: lines are "journaled" with their positions by `commit`;
 * what was not is gone after a restart (`crash`), as it would be.
 */
export interface Recorder {
  readonly journaled: RecordedLine[];
  readonly gaps: (Gap & { readonly key: string })[];
  readonly forgotten: string[];
  readonly logs: string[];
  readonly flushes: string[];
  isFull: boolean;
  commit(): void;
  crash(): void;
  texts(): string[];
  waiting(): number;
  drain(): void;
  openSink(key: string, path: string, life: string): SourceSink;
  positionOf(key: string): Position | undefined;
  knownSources(): Iterable<string>;
  forget(key: string): void;
  log(text: string): void;
}

export function createRecorder(): Recorder {
  const positions = new Map<string, string>();
  let pending: (() => void)[] = [];
  let wake = () => {};
  let room: Promise<void> | undefined;

  const recorder: Recorder = {
    journaled: [],
    gaps: [],
    forgotten: [],
    logs: [],
    flushes: [],
    isFull: false,
    commit() {
      for (const apply of pending) apply();
      pending = [];
    },
    crash() {
      pending = [];
    },
    texts: () => recorder.journaled.map(({ text }) => text),
    waiting: () => pending.length,
    drain() {
      recorder.isFull = false;
      room = undefined;
      wake();
    },
    openSink: (key, path, life) => ({
      resumePosition: () => recorder.positionOf(key),
      push(line) {
        pending.push(() => {
          recorder.journaled.push({ ...line, key, path, life });
          positions.set(key, JSON.stringify(line.position));
        });
      },
      room() {
        if (!recorder.isFull) return undefined;
        room ??= new Promise((resolve) => {
          wake = resolve;
        });
        return room;
      },
      gap(gap) {
        recorder.gaps.push({ ...gap, key });
      },
      flush() {
        recorder.flushes.push(path);
      },
    }),
    positionOf(key) {
      const text = positions.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as Position);
    },
    knownSources: () => positions.keys(),
    forget(key) {
      recorder.forgotten.push(key);
      pending.push(() => positions.delete(key));
    },
    log(text) {
      recorder.logs.push(text);
    },
  };
  return recorder;
}
