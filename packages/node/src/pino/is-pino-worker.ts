import { isMainThread, workerData } from "node:worker_threads";

/**
 * Whether this is a thread in which pino only prints (a `transport`). `--import` reaches it too, but
 * its lines are taken in the thread that logs, and a second set of everything would cost memory for
 * nothing.
 */
export function isPinoWorker(): boolean {
  if (isMainThread || typeof workerData !== "object" || workerData === null) return false;
  return "dataBuf" in workerData && "stateBuf" in workerData && "filename" in workerData;
}
