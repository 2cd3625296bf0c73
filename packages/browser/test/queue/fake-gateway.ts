import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TransportBody } from "@grafana/faro-web-sdk";

export interface ReceivedBeacon {
  readonly path: string;
  readonly sentAtMillis: number;
  readonly text: string;
  readonly body: TransportBody;
  readonly contentType: string;
  /** What the gateway answered; 0: nothing. */
  readonly status: number;
}

export type FakeAnswer =
  /** 204 unless another is given. */
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  /** Breaks the connection after the body was read: the page hears nothing. */
  | "break"
  /** Answers when `release` is called. */
  | "hold";

/** Takes beacons as the gateway does, and fails in every way that a test asks for. */
export interface FakeGateway {
  readonly origin: string;
  readonly beacons: readonly ReceivedBeacon[];
  /** From now on; looks at each beacon. */
  answer: (decide: (beacon: Omit<ReceivedBeacon, "status">) => FakeAnswer) => void;
  /** Answers what is held with 204. */
  release: () => void;
  /** Ids of the items in the beacons that were acknowledged, as `item` makes them. */
  acknowledged: () => string[];
  close: () => Promise<void>;
  /** Listens again on the same port. */
  open: () => Promise<void>;
}

const PAGE = "<!doctype html><title>page</title><script src=/outbox.js></script>";

/** The page's origin and the gateway's are one, unless two of these are started. */
export async function startFakeGateway(script: string): Promise<FakeGateway> {
  const beacons: ReceivedBeacon[] = [];
  let decide: (beacon: Omit<ReceivedBeacon, "status">) => FakeAnswer = () => ({});
  let held: ServerResponse[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://gateway");
    if (request.method === "GET") {
      const isScript = pathname === "/outbox.js";
      response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
      response.end(isScript ? script : PAGE);
      return;
    }
    request.setEncoding("utf8");
    let text = "";
    try {
      for await (const chunk of request) text += chunk;
    } catch {
      return;
    }
    const beacon = {
      path: pathname,
      sentAtMillis: Number(searchParams.get("t")),
      text,
      body: JSON.parse(text) as TransportBody,
      contentType: request.headers["content-type"] ?? "",
    };
    const answer = decide(beacon);
    const status = typeof answer === "string" ? 0 : (answer.status ?? 204);
    beacons.push({ ...beacon, status });
    if (answer === "break") request.socket.destroy();
    else if (answer === "hold") held.push(response);
    else response.writeHead(status, { ...CORS, ...answer.headers }).end();
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    origin: `http://127.0.0.1:${port}`,
    beacons,
    answer: (next) => {
      decide = next;
    },
    release: () => {
      for (const response of held) response.writeHead(204, CORS).end();
      held = [];
    },
    acknowledged: () =>
      beacons
        .filter(({ status }) => status >= 200 && status < 300)
        .flatMap(({ body }) => idsOf(body)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    open: async () => {
      await listen(port);
    },
  };
}

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after",
};

/** Of logs, exceptions, events and measurements, in the order in which the body has them. */
export function idsOf({ logs, exceptions, events, measurements }: TransportBody): string[] {
  return [
    ...(exceptions ?? []).map(({ value }) => value),
    ...(measurements ?? []).map(({ context, type }) => context?.["id"] ?? type),
    ...(events ?? []).map(({ name }) => name),
    ...(logs ?? []).map(({ message }) => message),
  ];
}
