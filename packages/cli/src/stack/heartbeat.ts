import { STACK_SERVICE_NAME } from "@sightline/core";
import { heartbeatRequests } from "./heartbeat-signals.ts";
import { sendHttp } from "./http.ts";
import type { StackSpec } from "./spec.ts";
import type { StackState } from "./state.ts";

const EVERY_MILLIS = 15_000;
/** With Docker and no example there is no server to report on; the beat must still be one. */
const SELF = { name: "supervisor", status: "healthy", restarts: 0 } as const;

/**
 * The stack's own pulse: a line, metrics and a span through the whole path, every 15 seconds.
 * `status` reads the line back; a store that answers but keeps nothing shows by its age.
 */
export function createHeartbeat(): { beat: (spec: StackSpec, state: StackState) => void } {
  let nextAt = 0;
  let count = 0;
  const startedUnixMillis = Date.now();
  return {
    beat(spec, state) {
      const now = Date.now();
      const way = state.servers.find((server) => server.name === "collector");
      // With Docker the collector is not ours to watch, and is simply tried.
      if (now < nextAt || (way && way.status !== "healthy")) return;
      nextAt = now + EVERY_MILLIS;
      count += 1;
      const requests = heartbeatRequests({
        serviceName: STACK_SERVICE_NAME,
        host: spec.host,
        count,
        nowUnixMillis: now,
        startedUnixMillis,
        servers: state.servers.length > 0 ? state.servers : [SELF],
      });
      // Not awaited and not retried: a missed beat is what the beat is for.
      for (const { path, body } of requests) void post(`${spec.otlpUrl}${path}`, body);
    },
  };
}

async function post(url: string, body: string): Promise<void> {
  await sendHttp({
    url,
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    timeoutMillis: 5_000,
  });
}
