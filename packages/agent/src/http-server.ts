import { createServer, type Server } from "node:http";

export interface Page {
  readonly status: 200 | 503;
  readonly body: unknown;
}

/** `GET /healthz` and `GET /accounts`, as JSON. For this host alone: it listens on 127.0.0.1. */
export type Pages = Readonly<Record<string, () => Page>>;

export type ListenResult =
  | { readonly status: "listening"; readonly server: Server }
  | { readonly status: "failed"; readonly message: string };

export function servePages(host: string, port: number, pages: Pages): Promise<ListenResult> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const page = Object.hasOwn(pages, path) ? pages[path]?.() : undefined;
    const isRead = request.method === "GET" || request.method === "HEAD";
    const status = page === undefined ? 404 : isRead ? page.status : 405;
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    const expected = { error: `expected GET ${Object.keys(pages).join(" or ")}` };
    response.end(JSON.stringify(status === 404 || status === 405 ? expected : page?.body));
  });
  return new Promise((resolve) => {
    server.on("error", (error) => {
      resolve({
        status: "failed",
        message: `cannot listen on ${host}:${port}: ${error.message}; another agent may run on this host, else set another port`,
      });
    });
    server.listen(port, host, () => resolve({ status: "listening", server }));
  });
}
