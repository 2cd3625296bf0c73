import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { decodeLogs, type ReceivedLog } from "./decode-logs.ts";

/** What becomes of one request; it says whether its records count as received. */
export type Behaviour = (response: ServerResponse, body: Uint8Array) => "received" | "refused";

export interface FakeCollector {
  readonly endpoint: string;
  /** Of requests that were received, in order; a record sent twice is here twice. */
  readonly bodies: Uint8Array[];
  logs(): ReceivedLog[];
  behaviour: Behaviour;
}

export const accept: Behaviour = (response) => {
  response.writeHead(200).end();
  return "received";
};

export function answer(status: number, text = ""): Behaviour {
  return (response) => {
    response.writeHead(status).end(text);
    return "refused";
  };
}

/**
 * A real OTLP/HTTP endpoint on loopback, with a behaviour that the test may change at any time. A
 * test that runs beside others gives the `onTestFinished` of its own context.
 */
export async function startCollector(
  behaviour: Behaviour = accept,
  onEnd: (end: () => Promise<void>) => void = onTestFinished,
): Promise<FakeCollector> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The client was killed in the middle; there is nobody to answer.
    }
    response.on("error", () => {});
    const raw = Buffer.concat(chunks);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    if (collector.behaviour(response, body) === "received") collector.bodies.push(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const collector: FakeCollector = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies: [],
    logs: () => collector.bodies.flatMap(decodeLogs),
    behaviour,
  };
  return collector;
}
