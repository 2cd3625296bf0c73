import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { isHealthy, sendHttp } from "../../stack/http.ts";
import { waitFor } from "../../stack/wait.ts";
import type { Labels, Sample, TestLine } from "../case.ts";
import { parseGoNumber } from "./go-number.ts";
import { lokiConfig } from "./loki-config.ts";

export interface LokiEngine {
  readonly url: string;
  /** Stores lines for a case; they are there for its queries when this returns. */
  readonly push: (tenant: string, startMillis: number, lines: readonly TestLine[]) => Promise<void>;
  /** A metric query at each of these evenly spaced times, in one request. */
  readonly evaluate: (tenant: string, query: string, times: LokiTimes) => Promise<LokiAnswer>;
  /** Ends the process, hard if need be. */
  readonly stop: () => Promise<void>;
}

export interface LokiTimes {
  readonly firstMillis: number;
  readonly everyMillis: number;
  readonly count: number;
}

export type LokiAnswer =
  | { readonly status: "ok"; readonly at: readonly (readonly Sample[])[] }
  | { readonly status: "failed"; readonly message: string };

const READY_WITHIN_MILLIS = 60_000;
const ATTEMPTS = 3;
/** Loki's own limit of a push is 100 MB; a smaller one keeps its memory small. */
const MAX_LINES_A_PUSH = 20_000;

/** Starts a Loki of its own in `folder`, on free ports of 127.0.0.1. */
export async function startLoki(
  binary: string,
  folder: string,
  signal: AbortSignal,
): Promise<LokiEngine> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await tryStart(binary, join(folder, `loki-${attempt}`), signal);
    if (started.status === "ready") return started.engine;
    // Another process may have taken a port between choosing and opening it.
    const isPort = /address already in use/.test(started.message);
    if (!isPort || attempt === ATTEMPTS) throw new LokiGone(`it did not start: ${started.message}`);
  }
}

type Started =
  | { readonly status: "ready"; readonly engine: LokiEngine }
  | { readonly status: "failed"; readonly message: string };

async function tryStart(binary: string, folder: string, signal: AbortSignal): Promise<Started> {
  mkdirSync(folder, { recursive: true });
  const [httpPort, grpcPort] = await freePorts();
  const config = join(folder, "config.json");
  writeFileSync(config, lokiConfig({ folder, httpPort, grpcPort }));
  const child = spawn(binary, [`-config.file=${config}`], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { GOGC: "100", GOMEMLIMIT: "700MiB" },
    signal,
    killSignal: "SIGKILL",
  });
  const process = watch(child);
  const url = `http://127.0.0.1:${httpPort}`;
  const isReady = await waitFor(
    async () => (process.ended() ? "ended" : (await isHealthy(`${url}/ready`)) || undefined),
    { timeoutMillis: READY_WITHIN_MILLIS, everyMillis: 50 },
  );
  signal.throwIfAborted();
  if (isReady === true) return { status: "ready", engine: createEngine(url, process) };
  await process.stop();
  return { status: "failed", message: process.ended() ?? "not ready within 60 s" };
}

interface Watched {
  /** Why it is not there any more, in the words of its own log. */
  readonly ended: () => string | undefined;
  readonly stop: () => Promise<void>;
}

function watch(child: ChildProcess): Watched {
  let log = "";
  let end: string | undefined;
  child.stderr?.on("data", (chunk) => {
    log = (log + String(chunk)).slice(-2_000);
  });
  const closed = new Promise<void>((resolve) => {
    const finish = (how: string): void => {
      end ??= `${how}${log === "" ? "" : `: ${log.trim().split("\n").slice(-3).join("\n")}`}`;
      resolve();
    };
    child.once("error", (error) => finish(error.message));
    child.once("close", (code, by) => finish(`ended with ${by ?? `code ${code}`}`));
  });
  return {
    ended: () => end,
    stop: async () => {
      // Nothing of it is kept, so there is nothing that it would have to finish.
      child.kill("SIGKILL");
      await closed;
    },
  };
}

function createEngine(url: string, process: Watched): LokiEngine {
  const ask = async (
    path: string,
    tenant: string,
    body?: string,
  ): Promise<{ code: number; body: string }> => {
    const answer = await sendHttp({
      url: `${url}${path}`,
      timeoutMillis: 60_000,
      method: body === undefined ? "GET" : "POST",
      headers: {
        "X-Scope-OrgID": tenant,
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body }),
      maxBytes: 256 * 1024 * 1024,
    });
    if (answer.status === "answered") return answer;
    const reason = answer.status === "no-answer" ? answer.reason : "the answer is too large";
    throw new LokiGone(process.ended() ?? reason);
  };
  return {
    url,
    push: async (tenant, startMillis, lines) => {
      for (const body of toPushes(startMillis, lines)) {
        const { code, body: text } = await ask("/loki/api/v1/push", tenant, body);
        if (code !== 204) throw new LokiRefused(text.trim());
      }
    },
    evaluate: async (tenant, query, times) => {
      const parameters = new URLSearchParams({
        query,
        start: nanos(times.firstMillis),
        end: nanos(times.firstMillis + (times.count - 1) * times.everyMillis),
        step: `${times.everyMillis / 1000}`,
      });
      const { code, body } = await ask(`/loki/api/v1/query_range?${parameters}`, tenant);
      if (code !== 200) return { status: "failed", message: body.trim() };
      return readMatrix(body, times);
    },
    stop: process.stop,
  };
}

/** It is not there any more: no case after this one can run. */
export class LokiGone extends Error {}
/** It does not take the lines of a case. */
export class LokiRefused extends Error {}

const nanos = (millis: number): string => `${millis}000000`;

function* toPushes(startMillis: number, lines: readonly TestLine[]): Generator<string> {
  const sorted = lines.toSorted((left, right) => left.atMillis - right.atMillis);
  // Loki keeps one of two equal lines of one time; a nanosecond apart they are two.
  const seen = new Map<number, number>();
  for (let first = 0; first < sorted.length; first += MAX_LINES_A_PUSH) {
    const streams = new Map<string, { stream: Labels; values: unknown[] }>();
    for (const line of sorted.slice(first, first + MAX_LINES_A_PUSH)) {
      const number = seen.get(line.atMillis) ?? 0;
      seen.set(line.atMillis, number + 1);
      const time = BigInt(startMillis + line.atMillis) * 1_000_000n + BigInt(number);
      const key = JSON.stringify(line.stream);
      const stream = streams.get(key) ?? { stream: line.stream, values: [] };
      stream.values.push([String(time), line.text, line.metadata]);
      streams.set(key, stream);
    }
    yield JSON.stringify({ streams: [...streams.values()] });
  }
}

interface MatrixAnswer {
  readonly data: {
    readonly resultType: string;
    readonly result: readonly {
      readonly metric: Labels;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

function readMatrix(body: string, times: LokiTimes): LokiAnswer {
  const { data } = JSON.parse(body) as MatrixAnswer;
  if (data.resultType !== "matrix") {
    return { status: "failed", message: `the query gives ${data.resultType}, not numbers` };
  }
  const at: Sample[][] = Array.from({ length: times.count }, () => []);
  for (const { metric, values } of data.result) {
    for (const [seconds, value] of values) {
      const tick = Math.round((seconds * 1000 - times.firstMillis) / times.everyMillis);
      at[tick]?.push({ labels: metric, value: parseGoNumber(value) });
    }
  }
  return { status: "ok", at };
}

/** Both held while they are chosen, so that they differ. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen({ port: 0, host: "127.0.0.1" }, () =>
            resolve((server.address() as AddressInfo).port),
          );
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}
