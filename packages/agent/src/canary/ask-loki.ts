import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Window } from "./line-tracker.ts";

/** A stored line, with the labels and the metadata it is kept under. */
export interface StoredLine {
  readonly unixMillis: number;
  readonly text: string;
  readonly fields: Readonly<Record<string, string>>;
}

export type LokiAnswer =
  | {
      readonly status: "ok";
      readonly lines: readonly StoredLine[];
      /** False where there may be more lines than one answer holds. */
      readonly isWhole: boolean;
    }
  | { readonly status: "failed"; readonly reason: string };

export interface LokiQuery extends Window {
  readonly query: string;
}

export interface LokiOptions {
  /** Base address; may hold a user and a password, which are in no message. */
  readonly url: string;
  /** Of one query, from connecting to the end of the answer. Default 10,000. */
  readonly timeoutMillis?: number;
  /** Of an answer. Default 8 MiB. */
  readonly maxBytes?: number;
}

export type AskLoki = (query: LokiQuery, signal: AbortSignal) => Promise<LokiAnswer>;

const TIMEOUT_MILLIS = 10_000;
const MAX_BYTES = 8 * 1024 * 1024;
/** Loki's own default of `max_entries_limit_per_query`; asking for more is refused. */
const MAX_LINES = 5_000;
const MAX_REASON_CHARACTERS = 200;

/** Asks by node:http: `fetch` would cost a process this small some 10 MB. Never rejects. */
export function createAskLoki(options: LokiOptions): AskLoki {
  const { url, timeoutMillis = TIMEOUT_MILLIS, maxBytes = MAX_BYTES } = options;
  const base = url.replace(/\/+$/, "");

  return async ({ query, fromUnixMillis, toUnixMillis }, signal) => {
    const parameters = new URLSearchParams({
      query,
      start: toNanos(fromUnixMillis),
      end: toNanos(toUnixMillis),
      limit: String(MAX_LINES),
      direction: "forward",
    });
    const limits = { timeoutMillis, maxBytes };
    try {
      const address = new URL(`${base}/loki/api/v1/query_range?${parameters}`);
      return readAnswer(await get(address, limits, signal));
    } catch (error) {
      return { status: "failed", reason: reasonOf(error) };
    }
  };
}

function toNanos(unixMillis: number): string {
  return `${Math.floor(unixMillis)}000000`;
}

interface Answer {
  readonly code: number;
  readonly text: string;
}

function get(
  address: URL,
  { timeoutMillis, maxBytes }: Required<Pick<LokiOptions, "timeoutMillis" | "maxBytes">>,
  signal: AbortSignal,
): Promise<Answer> {
  const request = address.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = request(address, { agent: false, signal }, (incoming) => {
      const tooLarge = new Error(`the answer has more than ${maxBytes} bytes`);
      readText(incoming, maxBytes).then(
        (text) => {
          if (text !== undefined) return resolve({ code: incoming.statusCode ?? 0, text });
          outgoing.destroy();
          reject(tooLarge);
        },
        (error: unknown) => reject(error),
      );
    });
    // The whole request: an answer that trickles must end, too.
    const deadline = setTimeout(
      () => outgoing.destroy(new Error(`no answer within ${timeoutMillis} ms`)),
      timeoutMillis,
    );
    outgoing.on("close", () => clearTimeout(deadline));
    outgoing.on("error", reject);
    outgoing.end();
  });
}

async function readText(incoming: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function readAnswer({ code, text }: Answer): LokiAnswer {
  if (code !== 200) {
    const shown = text.replace(/\s+/g, " ").trim().slice(0, MAX_REASON_CHARACTERS);
    return { status: "failed", reason: `HTTP ${code}${shown === "" ? "" : `: ${shown}`}` };
  }
  const lines = parseStreams(text);
  if (lines === undefined) {
    return { status: "failed", reason: "the answer is not one of Loki's; is this its address?" };
  }
  return { status: "ok", lines, isWhole: lines.length < MAX_LINES };
}

/** https://grafana.com/docs/loki/latest/reference/loki-http-api/#query-logs-within-a-range-of-time */
function parseStreams(text: string): StoredLine[] | undefined {
  try {
    const document = JSON.parse(text) as {
      data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
    };
    return document.data.result.flatMap(({ stream, values }) =>
      values.map(([nanos, line]) => {
        const unixMillis = Number(nanos.slice(0, -6));
        if (typeof line !== "string" || !Number.isFinite(unixMillis)) throw new Error("no line");
        return { unixMillis, text: line, fields: stream };
      }),
    );
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || code || "unknown";
}
