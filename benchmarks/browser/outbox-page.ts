import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";

/** A page that has the queue alone, and a load for it. */
export interface OutboxSite {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

export const OUTBOX_KEY = "outbox-bench";

/**
 * `outbox` is the queue; `addLine(text)` resolves when the line is in the store. Each load of the page
 * is a session of its own, as it would be.
 */
const SCRIPT = `
import { createOutbox } from "./packages/browser/src/queue/create-outbox.ts";
const { gateway } = document.currentScript.dataset;
const meta = {
  app: { name: "outbox", version: "1.0.0", installationId: "bench" },
  session: { id: "session-" + performance.timeOrigin },
  page: { url: location.href },
};
window.outbox = createOutbox({
  urls: [gateway + "/c/${OUTBOX_KEY}"],
  key: "${OUTBOX_KEY}",
  fetch: window.fetch.bind(window),
});
window.addLine = (message) => {
  const timestamp = new Date().toISOString();
  const payload = { message, level: "info", timestamp, context: {} };
  outbox.add([{ type: "log", payload, meta }]);
  return outbox.stored();
};`;

export async function startOutboxSite(root: string, gatewayUrl: string): Promise<OutboxSite> {
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: root, loader: "js" },
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    write: false,
  });
  const script = outputFiles[0]?.text ?? "";
  const page = `<!doctype html><title>outbox</title><script src="/outbox.js" data-gateway="${gatewayUrl}"></script>`;
  const server = createServer((request, response) => {
    const isScript = request.url === "/outbox.js";
    response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
    response.end(isScript ? script : page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
