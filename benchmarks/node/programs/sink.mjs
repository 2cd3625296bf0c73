// Takes what every candidate sends (OTLP, Loki, Sentry, Datadog) and counts numbered lines.
// Controlled by messages of the process that forked it: {id, ask, …} → {id, answer}.
import { createServer } from "node:http";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { unsnappy } from "./snappy.mjs";

const LINE = /run (\w+) line (\d+) /g;
const CRASH = /app\.crash/g;
const MODES = {
  ok: (response, path) => response.writeHead(okStatus(path)).end(okBody(path)),
  429: (response) => response.writeHead(429, { "retry-after": "5" }).end("slow down"),
  400: (response) => response.writeHead(400).end("bad request"),
  garbage: (response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<html>\0\xff"),
  never: () => {},
};
const okStatus = (path) => (path.startsWith("/loki") ? 204 : 200);
const okBody = (path) => (path.startsWith("/v1/") || path.startsWith("/loki") ? "" : "{}");

let mode = "ok";
let requests = 0;
let bytes = 0;
/** Times that each number was seen, by run. */
const runs = new Map();
const verdicts = new Map();

function decode(body, { "content-encoding": encoding, "content-type": type }, path) {
  if (encoding === "gzip") return gunzipSync(body);
  if (encoding === "deflate") return inflateSync(body);
  if (encoding === "br") return brotliDecompressSync(body);
  if (encoding === "zstd") return zstdDecompressSync(body);
  return path.startsWith("/loki") && type === "application/x-protobuf" ? unsnappy(body) : body;
}

function count(text) {
  for (const [, run, number] of text.matchAll(LINE)) {
    const seen = runs.get(run) ?? new Map();
    runs.set(run, seen);
    seen.set(Number(number), (seen.get(Number(number)) ?? 0) + 1);
  }
}

/** Crash records are kept whole, for whoever asks what they say. */
function keepCrash(text) {
  if (CRASH.test(text)) verdicts.set(verdicts.size, text);
  CRASH.lastIndex = 0;
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("error", () => {});
  request.on("end", () => {
    const path = request.url ?? "/";
    const body = Buffer.concat(chunks);
    requests += 1;
    bytes += body.length;
    const isLines = !/\/v1\/(metrics|traces)$/.test(path) && !path.startsWith("/v0.");
    if (mode === "ok" && isLines && body.length > 0) {
      const text = decode(body, request.headers, path).toString("latin1");
      count(text);
      keepCrash(text);
    }
    MODES[mode](response, path);
  });
});

const ANSWERS = {
  mode: ({ mode: next }) => {
    mode = next;
    // Those that hang in "never" must notice that it is over.
    if (next === "ok") server.closeAllConnections();
  },
  count: ({ run }) => {
    const times = [...(runs.get(run)?.values() ?? [])];
    return { lines: times.length, doubled: times.filter((value) => value > 1).length };
  },
  forget: () => {
    runs.clear();
    verdicts.clear();
  },
  crashes: () => [...verdicts.values()],
  traffic: () => ({ requests, bytes }),
};

process.on("message", ({ id, ask, ...rest }) => process.send({ id, answer: ANSWERS[ask](rest) }));
process.on("disconnect", () => process.exit());
const port = Number(process.argv[2] ?? 0);
server.keepAliveTimeout = 60_000;
server.listen(port, "127.0.0.1", () => process.send({ id: 0, answer: server.address().port }));
