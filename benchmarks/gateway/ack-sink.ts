// A process of its own: acknowledges every request, and counts the console's lines in it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LINE_MARK } from "./requests.ts";

const mark = Buffer.from(LINE_MARK);
let lines = 0;

const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.end(String(lines));
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + mark.length)) {
      lines += 1;
    }
    response.writeHead(200).end();
  });
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
