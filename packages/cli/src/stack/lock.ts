import { connect, createServer } from "node:net";

/** Who holds a lock, as it says itself. */
export interface LockHolder {
  readonly pid: number;
  readonly command: string;
  readonly sinceUnixMillis: number;
}

export type LockResult =
  | { readonly status: "held"; readonly release: () => Promise<void> }
  | { readonly status: "taken"; readonly holder: LockHolder | undefined };

/**
 * A lock that the kernel frees when its holder dies, however it dies: an abstract Unix socket
 * (unix(7)). A lock file would outlive `kill -9` and need a guess about staleness. The socket takes
 * no commands, it only says who holds it. Linux only, as the embedded stack is.
 */
export function acquireLock(name: string, holder: LockHolder): Promise<LockResult> {
  const path = `\0sightline-${name}`;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end(JSON.stringify(holder));
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      readHolder(path).then((found) => resolve({ status: "taken", holder: found }), reject);
    });
    server.listen({ path }, () => {
      server.unref();
      resolve({
        status: "held",
        release: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}

function readHolder(path: string): Promise<LockHolder | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ path });
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(parseHolder(text)));
  });
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as LockHolder;
    return typeof value.pid === "number" ? value : undefined;
  } catch {
    return undefined;
  }
}
