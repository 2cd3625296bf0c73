import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface HttpReceiver {
  readonly url: string;
  readonly bodies: readonly unknown[];
  stop(): Promise<void>;
}

/** Answers with the code in the path: /200, /404, /500; /hang never; keeps what it was sent. */
export async function startHttpReceiver(): Promise<HttpReceiver> {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      bodies.push(JSON.parse(body));
      const code = Number(/^\/(\d{3})/.exec(request.url ?? "")?.[1]);
      if (code > 0) response.writeHead(code).end(code === 200 ? "ok" : "the receiver says why");
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
