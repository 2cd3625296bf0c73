import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An alert as Alertmanager's webhook sends it: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface HookAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly receivedUnixMillis: number;
}

/** An HTTP receiver on 127.0.0.1 that keeps every alert it is sent. */
export interface HookServer {
  readonly url: string;
  readonly alerts: readonly HookAlert[];
  close: () => Promise<void>;
}

export async function startHookServer(): Promise<HookServer> {
  const alerts: HookAlert[] = [];
  const server = createServer(async (request, response) => {
    const receivedUnixMillis = Date.now();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { alerts: sent } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as {
      alerts: Omit<HookAlert, "receivedUnixMillis">[];
    };
    alerts.push(...sent.map((alert) => ({ ...alert, receivedUnixMillis })));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    alerts,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
