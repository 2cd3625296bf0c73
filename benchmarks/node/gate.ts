import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { atExit } from "../at-exit.ts";

/** A port that leads to a receiver, and can be closed as if the receiver were away. */
export type Gate = {
  readonly port: number;
  readonly url: string;
  open: () => Promise<void>;
  close: () => Promise<void>;
};

export async function createGate(targetPort: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  const forward = (incoming: Socket): void => {
    const onward = connect(targetPort, "127.0.0.1");
    for (const socket of [incoming, onward]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        incoming.destroy();
        onward.destroy();
      });
    }
    incoming.pipe(onward).pipe(incoming);
  };
  let server: Server | undefined;
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const next = createServer(forward);
      next.once("error", reject);
      next.listen(port, "127.0.0.1", () => {
        server = next;
        resolve((next.address() as AddressInfo).port);
      });
    });
  const close = async (): Promise<void> => {
    const open = server;
    server = undefined;
    if (open === undefined) return;
    const closed = new Promise<void>((resolve) => open.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await listen(0);
  atExit(close);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    open: async () => {
      if (server === undefined) await listen(port);
    },
    close,
  };
}
