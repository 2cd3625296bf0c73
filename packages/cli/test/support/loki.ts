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
  readonly queries: string[];
  /** Ends the process' place: connections are refused until `resume`. */
  pause: () => Promise<void>;
  resume: () => Promise<void>;
}

/**
 * Answers range queries over HTTP as Loki's documentation says: from `start` on, before `end`, at most
 * `limit` lines from one side, by label and metadata; and refuses a limit above its own.
 */
export async function startLoki(maxEntries = 5_000): Promise<LokiServer> {
  const lines: StoredLine[] = [];
  const limits: number[] = [];
  const queries: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    if (pathname.endsWith("/values")) {
      const label = pathname.split("/").at(-2) ?? "";
      const values = new Set(lines.flatMap((line) => fieldsOf(line)[label] ?? []));
      response.end(JSON.stringify({ data: [...values] }));
      return;
    }
    const limit = Number(searchParams.get("limit"));
    limits.push(limit);
    queries.push(searchParams.get("query") ?? "");
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
    queries,
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
  const isAskedFor = readMatchers(search.get("query") ?? "");
  const found = lines
    .filter((line) => line.timeNanos >= start && line.timeNanos < end && isAskedFor(line))
    .sort((a, b) => Number(sign * (a.timeNanos - b.timeNanos)))
    .slice(0, limit);
  const result = found.map((line) => ({
    stream: fieldsOf(line),
    values: [[String(line.timeNanos), line.line]],
  }));
  return { data: { result } };
}

function fieldsOf({ fields = {} }: StoredLine): Record<string, string> {
  return { service_name: "shop", severity_text: "INFO", ...fields };
}

/** The comparisons of labels and metadata with a text; other stages of a query pass everything. */
function readMatchers(query: string): (line: StoredLine) => boolean {
  const matchers = [...query.matchAll(/(\w+)(=~|!=|=)("(?:[^"\\]|\\.)*")/g)].map(
    ([, name = "", operator, quoted = ""]) => {
      const value = JSON.parse(quoted) as string;
      const expression = new RegExp(`^(?:${operator === "=~" ? value : ""})$`);
      return (line: StoredLine): boolean => {
        const found = fieldsOf(line)[name] ?? "";
        if (operator === "=~") return expression.test(found);
        return (found === value) === (operator === "=");
      };
    },
  );
  return (line) => matchers.every((isMatch) => isMatch(line));
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
