import type { IncomingMessage } from "node:http";
import type { ByteShare } from "../limits/byte-room.ts";

export type ReadBody =
  | { readonly status: "ok"; readonly bytes: Buffer }
  | {
      readonly status: "body_too_large" | "overloaded" | "aborted";
      /** Bytes that came all the same. */
      readonly length: number;
    };

/**
 * Reads a body up to a limit. Room is taken for what has come and not for what is announced: who
 * announces much and sends nothing keeps nobody out.
 */
export function readBody(
  request: IncomingMessage,
  share: ByteShare,
  maxBytes: number,
): Promise<ReadBody> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes) return Promise.resolve({ status: "body_too_large", length: 0 });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;

    function end(body: ReadBody): void {
      request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
      // A request that breaks off later must not be an uncaught error.
      request.on("error", () => undefined);
      resolve(body);
    }
    function onData(chunk: Buffer): void {
      length += chunk.length;
      if (length > maxBytes) end({ status: "body_too_large", length });
      else if (!share.resize(length)) end({ status: "overloaded", length });
      else chunks.push(chunk);
    }
    function onEnd(): void {
      const [only] = chunks;
      const bytes = chunks.length === 1 && only ? only : Buffer.concat(chunks, length);
      end({ status: "ok", bytes });
    }
    function onClose(): void {
      end({ status: "aborted", length });
    }
    request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}
