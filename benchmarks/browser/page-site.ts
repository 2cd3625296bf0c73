import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { atExit } from "../at-exit.ts";
import type { Bundle } from "./bundles.ts";
import type { Program } from "./candidates.ts";

/** Before the number of each line that the page prints. */
const MARK = "line-of-the-load-";

export type PageSite = {
  /** Of the page with a candidate, or of the bare page. */
  readonly pageUrl: (program: Program | undefined, run: number) => string;
  /** How many different lines of a run's page came in. */
  readonly arrived: (run: number) => number;
  readonly close: () => Promise<void>;
};

/** The page and, at an origin of its own as it mostly is, what takes the signals. */
export async function startPageSite(bundles: ReadonlyMap<Program, Bundle>): Promise<PageSite> {
  const arrived = new Map<number, Set<string>>();
  const sink = createServer((request, response) => {
    void take(request, response, arrived);
  });
  const sinkUrl = await listen(sink);
  const site = createServer((request, response) =>
    serve(new URL(request.url ?? "/", "http://page"), response, bundles, sinkUrl),
  );
  const siteUrl = await listen(site);
  const close = atExit(async () => {
    for (const server of [site, sink]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  return {
    pageUrl: (program, run) => `${siteUrl}/page?program=${program ?? ""}&run=${run}`,
    arrived: (run) => arrived.get(run)?.size ?? 0,
    close,
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serve(
  url: URL,
  response: ServerResponse,
  bundles: ReadonlyMap<Program, Bundle>,
  sinkUrl: string,
): void {
  const [, folder, program, file] = url.pathname.split("/");
  if (folder === "bundle") {
    const bytes = bundles.get(program as Program)?.files.get(file ?? "");
    const status = bytes === undefined ? 404 : 200;
    response.writeHead(status, { "content-type": "text/javascript" }).end(bytes);
    return;
  }
  if (folder !== "page") {
    response.writeHead(404).end();
    return;
  }
  const wanted = url.searchParams.get("program") as Program;
  const entry = bundles.get(wanted)?.entry;
  response
    .writeHead(200, { "content-type": "text/html; charset=utf-8" })
    .end(pageText(sinkUrl, entry === undefined ? undefined : `/bundle/${wanted}/${entry}`));
}

/** A page with something on it, and a load that keeps to the clock though timers are late. */
function pageText(sinkUrl: string, script: string | undefined): string {
  return `<!doctype html><html lang="en"><title>Orders</title><body><h1>Orders</h1>
<script>globalThis.SINK_URL = "${sinkUrl}";</script>
${script === undefined ? "" : `<script type="module" src="${script}"></script>`}
<script type="module">
const longTasks = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)))
  .observe({ type: "longtask", buffered: true });
const run = new URLSearchParams(location.search).get("run");
globalThis.startLoad = (linesPerSecond, seconds, restMillis) => new Promise((resolve) => {
  longTasks.length = 0;
  const total = linesPerSecond * seconds;
  const startedAt = performance.now();
  let printed = 0;
  const timer = setInterval(() => {
    const due = Math.min(total, Math.floor((performance.now() - startedAt) * linesPerSecond / 1000));
    for (; printed < due; printed += 1) {
      console.info("${MARK}" + run + "-" + printed + " order stored", { items: 3, total: 99.5, currency: "EUR" });
    }
    if (printed < total) return;
    clearInterval(timer);
    setTimeout(() => resolve(longTasks), restMillis);
  }, 1000 / linesPerSecond);
});
</script>
</body></html>`;
}

/** Answers as each receiver would, and looks for the lines. */
async function take(
  request: IncomingMessage,
  response: ServerResponse,
  arrived: Map<number, Set<string>>,
): Promise<void> {
  const cors = {
    "access-control-allow-origin": request.headers.origin ?? "*",
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
    "access-control-allow-credentials": "true",
    "access-control-max-age": "600",
  };
  const text = inflate(await buffer(request), request.headers["content-encoding"]).toString("utf8");
  for (const [, run, line] of text.matchAll(new RegExp(`${MARK}(\\d+)-(\\d+) `, "g"))) {
    const lines = arrived.get(Number(run)) ?? new Set<string>();
    lines.add(line ?? "");
    arrived.set(Number(run), lines);
  }
  const isEmpty = request.method === "OPTIONS" || request.url?.startsWith("/c/") === true;
  if (isEmpty) response.writeHead(204, cors).end();
  else response.writeHead(200, { ...cors, "content-type": "application/json" }).end("{}");
}

function inflate(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === "gzip") return gunzipSync(body);
  if (encoding === "deflate") return inflateSync(body);
  if (encoding === "br") return brotliDecompressSync(body);
  return body;
}
