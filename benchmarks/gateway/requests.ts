import { gzipSync } from "node:zlib";

/** What is sent to the gateway that is measured. */
export const KEY = "bench-key-1";
export const ORIGIN = "https://bench.example";
/** In each line of the console, so that the sink can count them. */
export const LINE_MARK = "line of the bench";
export const LINES_PER_BEACON = 8;

export const REQUEST_KINDS = [
  "beacons",
  "forged-keys",
  "wrong-origins",
  "bombs",
  "deep",
  "otlp-lines",
] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** The bytes of the n-th request, all of HTTP in them: a client library would be most of the load. */
export type MakeRequest = (n: number) => Buffer;

const bomb = gzipSync(Buffer.alloc(20_000_000));
const deep = Buffer.from("[".repeat(100_000));

/** @param run tells the beacons of one run from those of another: what comes twice is not stored twice. */
export function createRequests(kind: RequestKind, run: string): MakeRequest {
  switch (kind) {
    case "beacons":
      return (n) => post(KEY, ORIGIN, n, Buffer.from(beacon(n, run)));
    case "forged-keys":
      return (n) => post(`forged-key-${n}`, ORIGIN, n, Buffer.from(beacon(n, run)));
    case "wrong-origins":
      return (n) => post(KEY, "https://other.example", n, Buffer.from(beacon(n, run)));
    case "bombs":
      return (n) => post(KEY, ORIGIN, n, bomb, "content-encoding: gzip\r\n");
    case "otlp-lines":
      return (n) => postOtlp(Buffer.from(otlpLines(n, run)));
    case "deep":
      return (n) => post(KEY, ORIGIN, n, deep);
  }
}

function post(key: string, origin: string, n: number, body: Buffer, more = ""): Buffer {
  const head = `POST /c/${key}?t=${Date.now()} HTTP/1.1\r\nhost: bench\r\norigin: ${origin}\r\ncontent-type: text/plain;charset=UTF-8\r\nx-forwarded-for: ${addressOf(n)}\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36\r\n${more}content-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function postOtlp(body: Buffer): Buffer {
  const head = `POST /v1/logs HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** The same lines as OTLP has them, for a receiver that takes them as they are. */
function otlpLines(n: number, run: string): string {
  const timeUnixNano = `${Date.now()}000000`;
  const attributes = [
    { key: "session.id", value: { stringValue: `session-${n % 50_000}` } },
    { key: "component", value: { stringValue: "orders" } },
  ];
  const logRecords = Array.from({ length: LINES_PER_BEACON }, (_, line) => ({
    timeUnixNano,
    severityNumber: line === 0 ? 13 : 9,
    severityText: line === 0 ? "WARN" : "INFO",
    body: { stringValue: lineOf(n, line, run) },
    attributes,
  }));
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "bench-web" } }] };
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
}

function lineOf(n: number, line: number, run: string): string {
  return `${LINE_MARK} ${run} ${n} ${line}: order ${n * 7} of user${n % 50_000}@mail.example loaded in ${line * 13} ms from https://api.example/orders/${n}?key=abc`;
}

/** Of 50,000 pages: no limit is reached, and the table of addresses is as full as on a busy day. */
function addressOf(n: number): string {
  const page = n % 50_000;
  return `198.18.${page >> 8}.${page & 255}`;
}

/** What a page sends after a few seconds: 8 lines of its console, and now and then an error or a vital. */
function beacon(n: number, run: string): string {
  const timestamp = new Date().toISOString();
  const page = n % 50_000;
  return JSON.stringify({
    meta: {
      app: { name: "bench", release: "1.4.2", installationId: `installation-${page}` },
      session: { id: `session-${page}` },
      user: { id: `user-${page % 5_000}` },
      page: { url: `https://bench.example/orders/${n}?token=secret` },
      view: { name: "/orders/:id" },
      browser: { name: "Chrome", version: "140.0", os: "Linux", language: "en", mobile: false },
      sdk: { name: "@grafana/faro-web-sdk", version: "2.12.1" },
    },
    logs: Array.from({ length: LINES_PER_BEACON }, (_, line) => ({
      level: line === 0 ? "warn" : "info",
      message: lineOf(n, line, run),
      context: { component: "orders", attempt: String(line) },
      timestamp,
    })),
    ...(n % 10 === 0 && { exceptions: [exception(n, timestamp)] }),
    ...(n % 5 === 0 && {
      measurements: [{ type: "web-vitals", values: { lcp: 1_200 + (n % 900) }, timestamp }],
    }),
  });
}

function exception(n: number, timestamp: string): unknown {
  return {
    type: "TypeError",
    value: `Cannot read properties of undefined (reading 'total') of order ${n}`,
    timestamp,
    stacktrace: {
      frames: Array.from({ length: 12 }, (_, frame) => ({
        filename: `https://bench.example/assets/app-${frame % 3}.js`,
        function: `f${frame}`,
        lineno: 1,
        colno: 1_000 + frame * 37,
      })),
    },
  };
}
