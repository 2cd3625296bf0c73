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

const ATTEMPTS = 5;
/** A holder that is busy (a digest, a full machine) answers late. */
const HOLDER_TIMEOUT_MILLIS = 3_000;

/**
 * A lock that the kernel frees when its holder dies, however it dies: an abstract Unix socket
 * (unix(7)). A lock file would outlive `kill -9` and need a guess about staleness. The socket takes
 * no commands, it only says who holds it. Linux only, as the embedded stack is.
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
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end(JSON.stringify(holder));
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen({ path }, () => {
      server.unref();
      resolve(() => new Promise((done) => server.close(() => done())));
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
    socket.setTimeout(HOLDER_TIMEOUT_MILLIS, () => socket.destroy());
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve({ status: "free" });
    });
    socket.on("close", () => resolve({ status: "taken", holder: parseHolder(text) }));
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
