import { parentPort, workerData } from "node:worker_threads";
import { createMapCache } from "./map-cache.ts";
import { resolveFrame } from "./resolve-frame.ts";
import type { ResolveRequest, WorkerMessage, WorkerSettings } from "./worker-messages.ts";

const { mapsFolder, maxCacheBytes } = workerData as WorkerSettings;

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

const maps = createMapCache(mapsFolder, maxCacheBytes, (service, debugId) =>
  tell({ kind: "loading", service, debugId }),
);

parentPort?.on("message", ({ id, service, frames }: ResolveRequest) => {
  const resolutions = frames.map((frame) => resolveFrame(maps, service, frame));
  tell({ kind: "resolved", id, resolutions });
});

tell({ kind: "ready" });
