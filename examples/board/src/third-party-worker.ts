import type { AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { createWeatherServer } from "./third-party-server.ts";

const { seed } = workerData as { readonly seed: number };
const server = createWeatherServer(seed);
server.listen(0, "127.0.0.1", () => {
  parentPort?.postMessage({ port: (server.address() as AddressInfo).port });
});
