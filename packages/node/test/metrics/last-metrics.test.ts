import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

const SERVER_DURATION = "http.server.request.duration";
const CLIENT_DURATION = "http.client.request.duration";
const bed = useReceiverBed();

function run(script: string, end = "") {
  return runApp(script, {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: ["--import", "@sightline/node/register"],
    // Longer than the test: whatever arrives was not exported by the clock.
    env: { END: end, OTEL_METRIC_EXPORT_INTERVAL: "600000" },
  });
}

function batchesOnDisk(): string[] {
  const names = readdirSync(bed.data.path, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".batch"));
}

it.each([
  ["process.exit()", "exit"],
  ["an uncaught error", "throw"],
  ["an unhandled rejection", "reject"],
])("brings the requests of the last interval through %s, by the next start", async (_, end) => {
  await run("requests-then-end.mjs", end).ended;
  expect(batchesOnDisk().length).toBeGreaterThan(0);

  await run("log-and-end.mjs").ended;
  await bed.receiver.until(() => bed.receiver.point(CLIENT_DURATION) !== undefined);
  expect(bed.receiver.point(SERVER_DURATION)).toMatchObject({ count: 3 });
  expect(bed.receiver.point(CLIENT_DURATION)).toMatchObject({ count: 3 });
});

it("leaves nothing on disk where all was sent before the end", async () => {
  const end = await run("requests-then-end.mjs").ended;
  expect(end).toMatchObject({ code: 0, signal: null });
  expect(bed.receiver.point(SERVER_DURATION)).toMatchObject({ count: 3 });
  expect(batchesOnDisk()).toEqual([]);
});
