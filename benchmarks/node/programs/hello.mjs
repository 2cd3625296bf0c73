// The smallest server there is: what is added to it is added to every request of every service.
import { createServer } from "node:http";

const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/plain" }).end("hello");
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});

/** Bytes of the heap after two collections, for who started it with `--expose-gc`. */
process.on("message", async () => {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 100));
  globalThis.gc?.();
  process.send({ heap: process.memoryUsage().heapUsed, rss: process.memoryUsage().rss });
});
process.on("SIGTERM", () => process.exit(0));
