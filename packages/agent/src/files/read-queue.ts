import type { SourceSink } from "../sources/source-sink.ts";

/** Bytes of one read. What a file reads past the room of its sink is at most this. */
export const CHUNK_BYTES = 131_072;
/** Reads at a time: one slow disk does not hold up the others, and buffers stay few. */
const READERS = 4;

/** Something that is read chunk by chunk. */
export interface Readable {
  sink(): SourceSink;
  /** Reads one chunk. True: there may be more. It must not throw. */
  read(buffer: Buffer): Promise<boolean>;
}

export interface ReadQueue {
  /** Puts it at the end of the line; nothing happens if it is in already. */
  add(readable: Readable): void;
  has(readable: Readable): boolean;
  /** How many wait for room in their sinks. */
  blocked(): number;
  /** No read begins any more; settles when the running ones are done. */
  stop(): Promise<void>;
}

/** Takes turns: one chunk each. Whoever's sink has no room waits beside the line. */
export function createReadQueue(): ReadQueue {
  const line: Readable[] = [];
  const present = new Set<Readable>();
  const running = new Set<Promise<void>>();
  const buffers: Buffer[] = [];
  let blocked = 0;
  let isStopped = false;

  function add(readable: Readable): void {
    if (present.has(readable) || isStopped) return;
    present.add(readable);
    line.push(readable);
    startReaders();
  }

  function startReaders(): void {
    while (running.size < READERS && line.length > 0 && !isStopped) {
      const reader = work().finally(() => {
        running.delete(reader);
        startReaders();
      });
      running.add(reader);
    }
  }

  async function work(): Promise<void> {
    const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (let next = line.shift(); next && !isStopped; next = line.shift()) {
      const readable = next;
      const room = readable.sink().room();
      if (room) waitForRoom(readable, room);
      else if (await readable.read(buffer)) line.push(readable);
      else present.delete(readable);
    }
    buffers.push(buffer);
  }

  function waitForRoom(readable: Readable, room: Promise<void>): void {
    blocked++;
    const goOn = () => {
      blocked--;
      present.delete(readable);
      add(readable);
    };
    room.then(goOn, goOn);
  }

  return {
    add,
    has: (readable) => present.has(readable),
    blocked: () => blocked,
    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
}
