import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface StoredLine {
  readonly timeNanos: bigint;
  readonly line: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export interface LokiServer {
  readonly port: number;
  readonly url: string;
  readonly lines: StoredLine[];
  readonly limits: number[];
  /** Ends the process' place: connections are refused until `resume`. */
  pause: () => Promise<void>;
  resume: () => Promise<void>;
}

/**
 * Answers range queries over HTTP as Loki's documentation says: from `start` on, before `end`, at most
 * `limit` lines from one side; and refuses a limit above its own.
 */
export async function startLoki(maxEntries = 5_000): Promise<LokiServer> {
  const lines: StoredLine[] = [];
  const limits: number[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    if (pathname.endsWith("/values")) {
      const services = new Set(lines.map(({ fields }) => fields?.["service_name"] ?? "shop"));
      response.end(JSON.stringify({ data: [...services] }));
      return;
    }
    const limit = Number(searchParams.get("limit"));
    limits.push(limit);
    if (limit > maxEntries) {
      response.statusCode = 400;
      response.end("max entries limit per query exceeded");
      return;
    }
    response.end(JSON.stringify(answerOf(lines, searchParams, limit)));
  });
  const port = await listen(server, 0);
  onTestFinished(() => {
    server.close();
  });
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    lines,
    limits,
    pause: () => new Promise((done) => server.close(() => done())),
    resume: async () => {
      await listen(server, port);
    },
  };
}

function answerOf(lines: readonly StoredLine[], search: URLSearchParams, limit: number): object {
  const start = BigInt(search.get("start") ?? 0);
  const end = BigInt(search.get("end") ?? 0);
  const sign = search.get("direction") === "forward" ? 1n : -1n;
  const found = lines
    .filter(({ timeNanos }) => timeNanos >= start && timeNanos < end)
    .sort((a, b) => Number(sign * (a.timeNanos - b.timeNanos)))
    .slice(0, limit);
  const result = found.map(({ timeNanos, line, fields = {} }) => ({
    stream: { service_name: "shop", severity_text: "INFO", ...fields },
    values: [[String(timeNanos), line]],
  }));
  return { data: { result } };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1" }, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
