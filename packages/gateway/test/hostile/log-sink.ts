import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { decodeRequest, type ReadRecord } from "../../../wire/test/fixtures/decode-logs.ts";

export interface SunkRecord extends ReadRecord {
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A collector that acknowledges all, and keeps the records and every byte it was sent. */
export interface LogSink {
  readonly url: string;
  records(): readonly SunkRecord[];
  /** Whether a text is anywhere in what was sent, of whatever signal. */
  holds(text: string): boolean;
  close(): Promise<void>;
}

export async function startLogSink(): Promise<LogSink> {
  const bodies: { readonly path: string; readonly body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks);
      const isGzip = request.headers["content-encoding"] === "gzip";
      bodies.push({ path: request.url ?? "", body: isGzip ? gunzipSync(raw) : raw });
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    records: () =>
      bodies
        .filter(({ path }) => path === "/v1/logs")
        .flatMap(({ body }) => decodeRequest(body))
        .flatMap(({ resource, records }) =>
          records.map((record) => ({ ...record, resource: Object.fromEntries(resource) })),
        ),
    holds: (text) => bodies.some(({ body }) => body.includes(text)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
