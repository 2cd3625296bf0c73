import { connect, createServer, type Socket } from "node:net";

/** What the way to the Docker API does with a connection. */
export type ProxyMode =
  | "pass"
  /** Every request is answered with HTTP 500. */
  | "refuse"
  /** Every request is answered with bytes that are no HTTP. */
  | "garbage"
  /** HTTP 200 with a body that is not what was asked for. */
  | "lie"
  /** Answers end in the middle of a frame. */
  | "cut"
  /** Requests are taken and never answered. */
  | "hang";

export interface FaultyProxy {
  readonly url: string;
  /** For connections from now on; those that are open are broken off. */
  setMode: (mode: ProxyMode) => void;
  /** Connections that came in since the mode was set. */
  connections: () => number;
  close: () => Promise<void>;
}

/** Neither a header nor a frame ends here. */
const CUT_AFTER_BYTES = 1_501;

/** Stands between the agent and the engine's socket. */
export async function startFaultyProxy(engineHost: string): Promise<FaultyProxy> {
  const socketPath = engineHost.replace(/^unix:\/\//, "");
  const open = new Set<Socket>();
  let mode: ProxyMode = "pass";
  let count = 0;

  const server = createServer((client) => {
    count++;
    open.add(client);
    client.on("close", () => open.delete(client));
    // A connection that breaks off is what this is here for.
    client.on("error", () => {});
    HANDLERS[mode](client, socketPath);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const breakOff = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    setMode: (next) => {
      mode = next;
      count = 0;
      breakOff();
    },
    connections: () => count,
    close: () => {
      breakOff();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

type Handler = (client: Socket, socketPath: string) => void;

const answerWith =
  (answer: string | Buffer): Handler =>
  (client) => {
    client.once("data", () => client.end(answer));
  };

function forward(client: Socket, socketPath: string, limitBytes: number): void {
  const engine = connect(socketPath);
  let passed = 0;
  engine.on("error", () => client.destroy());
  engine.on("data", (chunk: Buffer) => {
    client.write(chunk.subarray(0, limitBytes - passed));
    passed += chunk.length;
    if (passed >= limitBytes) client.end();
  });
  engine.on("end", () => client.end());
  client.on("data", (chunk: Buffer) => engine.write(chunk));
  client.on("close", () => engine.destroy());
}

const LIE = '{"message":"this is a page of some other program"}';

const HANDLERS: Readonly<Record<ProxyMode, Handler>> = {
  pass: (client, socketPath) => forward(client, socketPath, Number.POSITIVE_INFINITY),
  cut: (client, socketPath) => forward(client, socketPath, CUT_AFTER_BYTES),
  hang: (client) => void client.resume(),
  refuse: answerWith(
    "HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\ncontent-length: 20\r\nconnection: close\r\n\r\n" +
      '{"message":"broken"}',
  ),
  garbage: answerWith(Buffer.from("\u0000\u0001\u0002\r\n\r\n no http at all \xff\xfe", "latin1")),
  lie: answerWith(
    `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${LIE.length}\r\nconnection: close\r\n\r\n${LIE}`,
  ),
};
