/**
 * Takes the multiplexed log stream of the Engine API apart: `[kind, 0, 0, 0, length (4, big endian)]`
 * and that many bytes, one frame for each message of the log driver.
 * Source: https://docs.docker.com/reference/api/engine/version/v1.41/#operation/ContainerAttach
 */
export interface FrameReader {
  /** @returns what is wrong with the bytes; nothing after that can be trusted. */
  push(chunk: Buffer): string | undefined;
  /** Whether the stream ended inside a frame. */
  isInsideFrame(): boolean;
}

export type FrameKind = "stdout" | "stderr" | "daemon";

const HEADER_BYTES = 8;
/** Docker cuts messages at 16 kB; its other drivers may hold up to 1 MB. Beyond is no log stream. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
const KINDS: readonly (FrameKind | undefined)[] = [undefined, "stdout", "stderr", "daemon"];

export function createFrameReader(
  onFrame: (kind: FrameKind, bytes: Buffer, start: number, end: number) => void,
): FrameReader {
  let rest: Buffer | undefined;

  return {
    push(chunk) {
      const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
      rest = undefined;
      let at = 0;
      while (bytes.length - at >= HEADER_BYTES) {
        const kind = KINDS[bytes[at] as number];
        const length = bytes.readUInt32BE(at + 4);
        const isZero = bytes[at + 1] === 0 && bytes[at + 2] === 0 && bytes[at + 3] === 0;
        if (kind === undefined || !isZero || length > MAX_FRAME_BYTES) {
          return "the answer is no Docker log stream";
        }
        const end = at + HEADER_BYTES + length;
        if (end > bytes.length) break;
        onFrame(kind, bytes, at + HEADER_BYTES, end);
        at = end;
      }
      if (at < bytes.length) rest = at === 0 ? bytes : bytes.subarray(at);
      return undefined;
    },
    isInsideFrame: () => rest !== undefined,
  };
}
