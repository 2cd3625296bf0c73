import { connect, createServer, type Socket } from "node:net";
import { holdsAbstractSocket } from "./process.ts";

/** Who holds a lock, as it says itself. */
export interface LockHolder {
  readonly pid: number;
  readonly command: string;
  readonly sinceUnixMillis: number;
}

export type LockResult =
  | { readonly status: "held"; readonly release: () => Promise<void> }
  | { readonly status: "taken"; readonly holder: LockHolder | undefined };

const ATTEMPTS = 5;
/** A holder that is busy (a digest, a full machine) answers late. */
const HOLDER_TIMEOUT_MILLIS = 3_000;
const MAX_HOLDER_BYTES = 1_024;

/**
 * A lock that the kernel frees when its holder dies, however it dies: an abstract Unix socket
 * (unix(7)). A lock file would outlive `kill -9` and need a guess about staleness. The socket takes
 * no commands, it only says who holds it. Linux only, as the embedded stack is.
 *
 * Abstract sockets have no owner: any user of the machine can hold the name, and then `up` and `down`
 * refuse to work. What a holder says of itself is believed only if that process holds the socket.
 */
export async function acquireLock(name: string, holder: LockHolder): Promise<LockResult> {
  const path = pathOf(name);
  for (let attempt = 1; ; attempt++) {
    const release = await tryHold(path, holder);
    if (release) return { status: "held", release };
    const found = await readHolder(path);
    // Freed between the two questions: then it may be ours after all.
    if (found.status === "taken" || attempt === ATTEMPTS) {
      return { status: "taken", holder: found.status === "taken" ? found.holder : undefined };
    }
  }
}

/** Who holds a lock; undefined where nobody does, or where the holder does not say. */
export async function findLockHolder(name: string): Promise<LockHolder | undefined> {
  const found = await readHolder(pathOf(name));
  return found.status === "taken" ? found.holder : undefined;
}

const pathOf = (name: string): string => `\0sightline-${name}`;

/** Gives the function that frees the lock, or undefined where it is taken. */
function tryHold(path: string, holder: LockHolder): Promise<(() => Promise<void>) | undefined> {
  const asking = new Set<Socket>();
  const server = createServer((socket) => {
    asking.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => asking.delete(socket));
    socket.end(JSON.stringify(holder));
  });
  const release = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      // Who asks and never hangs up must not keep the lock.
      for (const socket of asking) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen({ path }, () => {
      server.unref();
      resolve(release);
    });
  });
}

type Holding =
  | { readonly status: "free" }
  | { readonly status: "taken"; readonly holder: LockHolder | undefined };

function readHolder(path: string): Promise<Holding> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ path });
    const deadline = setTimeout(() => socket.destroy(), HOLDER_TIMEOUT_MILLIS);
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.length > MAX_HOLDER_BYTES) socket.destroy();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve({ status: "free" });
    });
    socket.on("close", () => {
      clearTimeout(deadline);
      resolve({ status: "taken", holder: parseHolder(text, path) });
    });
  });
}

function parseHolder(text: string, path: string): LockHolder | undefined {
  try {
    const { pid, command, sinceUnixMillis } = JSON.parse(text) as LockHolder;
    const isHolder = Number.isInteger(pid) && holdsAbstractSocket(pid, path);
    return isHolder ? { pid, command: String(command), sinceUnixMillis } : undefined;
  } catch {
    return undefined;
  }
}
