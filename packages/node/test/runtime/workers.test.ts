import { expect, it } from "vitest";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

const bed = useReceiverBed();

it("tells of the process once, and nothing of the loops and heaps of its worker threads", async () => {
  const end = await runApp("worker.mjs", {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: ["--import", "@sightline/node/register"],
  }).ended;
  expect(end.code).toBe(0);
  const instancesOf = (metric: string) =>
    new Set(
      bed.receiver.points
        .filter((point) => point.metric === metric)
        .map(({ resource }) => resource["service.instance.id"]),
    ).size;
  // Both have lines of their own to account for.
  expect(instancesOf("sightline.queue.size")).toBe(2);
  for (const metric of [
    "nodejs.eventloop.time",
    "app.eventloop.iterations",
    "app.thread.cpu.time",
    "v8js.memory.heap.used",
    "process.cpu.time",
    "app.capacity.cores",
  ]) {
    expect(instancesOf(metric), metric).toBe(1);
  }
});
