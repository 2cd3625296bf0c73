import { freePort } from "./free-port.ts";
import { findProgram, makeServerFolder, startServer, type TempServer } from "./temp-server.ts";

/** Why there is no Redis for a test; undefined where there is one. */
export const whyNoRedis: string | undefined = findProgram("redis-server")
  ? undefined
  : "Redis is not installed (Debian: redis-server)";

/** A Redis that keeps nothing on disk. */
export async function startRedis(): Promise<TempServer> {
  const folder = makeServerFolder("redis");
  const port = await freePort();
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  return startServer(findProgram("redis-server") ?? "redis-server", args, {
    folder,
    port,
    readyText: "Ready to accept connections",
    stopSignal: "SIGTERM",
  });
}
