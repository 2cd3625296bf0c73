import { once } from "node:events";
import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".map": "application/json",
};

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** A web server of a page: its own origin, which stays the same as long as it runs. */
export interface PageServer {
  /** Origin without a slash at its end. */
  readonly url: string;
  /** Everything that was asked of it, the newest last. */
  readonly requests: readonly SeenRequest[];
  /** Files are taken from here from now on: a deployment. */
  serve: (folder: string) => void;
  close: () => Promise<void>;
}

export interface PageServerOptions {
  /** Requests below `prefix` go to `target` without it, as an entry in front of both would do. */
  readonly forward?: { readonly prefix: string; readonly target: string };
  /** Sent with every file of the page, for example a Content-Security-Policy. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Serves the files of a folder; a path without an extension is the page itself, as routers want it.
 * `/status/<n>` answers with that status.
 */
export async function startPageServer(
  folder: string,
  { forward, headers = {} }: PageServerOptions = {},
): Promise<PageServer> {
  const requests: SeenRequest[] = [];
  let root = folder;
  const server = createServer((incoming, response) => {
    const path = incoming.url ?? "/";
    requests.push({ method: incoming.method ?? "", path, headers: incoming.headers });
    if (forward !== undefined && path.startsWith(`${forward.prefix}/`)) {
      const onward = request(`${forward.target}${path.slice(forward.prefix.length)}`, {
        method: incoming.method,
        headers: incoming.headers,
      });
      onward.on("response", (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.writeHead(502).end());
      incoming.pipe(onward);
      return;
    }
    incoming.resume();
    answer(response, path, root, headers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    serve: (next) => {
      root = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  response: ServerResponse,
  path: string,
  root: string,
  headers: Readonly<Record<string, string>>,
): void {
  const { pathname } = new URL(path, "http://page");
  const status = /^\/status\/(\d{3})$/.exec(pathname)?.[1];
  if (status !== undefined) {
    response.writeHead(Number(status), { "content-type": "text/plain" }).end("as asked");
    return;
  }
  const extension = extname(pathname);
  const file = join(root, extension === "" ? "index.html" : normalize(pathname));
  const type = TYPES[extension === "" ? ".html" : extension];
  if (type === undefined || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": type, "cache-control": "no-store", ...headers });
  createReadStream(file).pipe(response);
}
