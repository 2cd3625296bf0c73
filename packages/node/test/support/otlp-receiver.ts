import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import {
  decodeLogs,
  decodePoints,
  decodeSpans,
  type ReceivedLog,
  type ReceivedPoint,
  type ReceivedSpan,
} from "./otlp-proto.ts";

export type OtlpReceiver = {
  readonly endpoint: string;
  readonly port: number;
  /** Of every kind but `error`. */
  readonly logs: ReceivedLog[];
  /** The compact records beside lines that carry an error. */
  readonly errors: ReceivedLog[];
  readonly spans: ReceivedSpan[];
  /** Newest last; cumulative points come again with each export. */
  readonly points: ReceivedPoint[];
  readonly requestHeaders: IncomingMessage["headers"][];
  /** As they came, only unzipped. */
  readonly bodies: Buffer[];
  /** Waits for a condition over what has arrived; the test's own timeout bounds it. */
  until(condition: () => boolean): Promise<void>;
  /** The newest point of a metric whose attributes hold all of these. */
  point(metric: string, attributes?: Record<string, unknown>): ReceivedPoint | undefined;
  close(): Promise<void>;
};

/** A real OTLP/HTTP receiver on loopback that decodes protobuf and acknowledges. */
export async function openReceiver(port = 0): Promise<OtlpReceiver> {
  const logs: ReceivedLog[] = [];
  const errors: ReceivedLog[] = [];
  const spans: ReceivedSpan[] = [];
  const points: ReceivedPoint[] = [];
  const requestHeaders: IncomingMessage["headers"][] = [];
  const bodies: Buffer[] = [];
  const checks = new Set<() => void>();
  const takers: Record<string, (body: Buffer) => void> = {
    "/v1/logs": (body) => {
      for (const log of decodeLogs(body)) {
        (log.attributes["kind"] === "error" ? errors : logs).push(log);
      }
    },
    "/v1/traces": (body) => spans.push(...decodeSpans(body)),
    "/v1/metrics": (body) => points.push(...decodePoints(body)),
  };

  const server: Server = createServer(async (request, response) => {
    const body = await readBody(request);
    requestHeaders.push(request.headers);
    bodies.push(body);
    takers[request.url ?? ""]?.(body);
    response.setHeader("content-type", "application/x-protobuf");
    response.end();
    for (const check of [...checks]) check();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address() as AddressInfo;

  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    port: address.port,
    logs,
    errors,
    spans,
    points,
    requestHeaders,
    bodies,
    until: (condition) =>
      new Promise((resolve) => {
        const check = () => {
          if (!condition()) return;
          checks.delete(check);
          resolve();
        };
        checks.add(check);
        check();
      }),
    point: (metric, attributes = {}) =>
      points.findLast(
        (point) =>
          point.metric === metric &&
          Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}
