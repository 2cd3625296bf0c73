import { expect, it } from "vitest";
import { useReceiverBed } from "./support/receiver-bed.ts";
import { runApp } from "./support/run-app.ts";

const bed = useReceiverBed();

it("keeps nothing of a request that has ended, however it ended", {
  timeout: 120_000,
}, async () => {
  const app = runApp("many-requests.mjs", {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: ["--expose-gc"],
    env: { OTEL_METRIC_EXPORT_INTERVAL: "1000", OTEL_TRACES_SAMPLER: "" },
  });
  const text = await app.prints(";");
  const { heaps, requests } = JSON.parse(text.slice(0, text.indexOf(";"))) as {
    heaps: number[];
    requests: number;
  };
  await bed.receiver.until(() => bed.receiver.point("http.server.active_requests")?.value === 0);
  app.child.kill("SIGKILL");
  await app.ended;

  // The first rounds are for what is warm once: code, shapes, buffers. What keeps an ended request keeps
  // its scope, exchange or socket, of which the smallest is over 100 bytes.
  const [before = 0, , after = Number.POSITIVE_INFINITY] = heaps.slice(-3);
  expect((after - before) / (2 * requests)).toBeLessThan(40);
});
