import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { findLines } from "./numbered-line.ts";

/** When a line passed, Unix milliseconds. */
export interface Passage {
  /** The request that carries it was here whole. */
  readonly sentAt: number;
  /** The collector had acknowledged it. */
  readonly acknowledgedAt: number;
}

export interface Tap {
  readonly url: string;
  readonly passages: ReadonlyMap<number, Passage>;
  close: () => Promise<void>;
}

/** Stands between a service and the collector and notes when each numbered line passes. */
export async function createTap(collectorUrl: string): Promise<Tap> {
  const passages = new Map<number, Passage>();
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const sentAt = Date.now();
      const body = Buffer.concat(chunks);
      const onward = request(
        `${collectorUrl}${incoming.url}`,
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          const isAccepted = answer.statusCode === 200;
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
          answer.on("end", () => {
            if (isAccepted) keep(passages, body, incoming.headers["content-encoding"], sentAt);
          });
        },
      );
      // The sender tries again, as it would with the collector itself.
      onward.on("error", () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passages,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function keep(
  passages: Map<number, Passage>,
  body: Buffer,
  encoding: string | undefined,
  sentAt: number,
): void {
  const acknowledgedAt = Date.now();
  const text = (encoding === "gzip" ? gunzipSync(body) : body).toString("latin1");
  for (const { number } of findLines(text)) passages.set(number, { sentAt, acknowledgedAt });
}
