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

  // What is warm after the first rounds stays; a reference kept per request would be 100 bytes or more.
  const [, before = 0] = heaps;
  const after = heaps.at(-1) ?? Number.POSITIVE_INFINITY;
  expect((after - before) / (requests * (heaps.length - 2))).toBeLessThan(20);
});
