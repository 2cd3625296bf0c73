import { randomBytes } from "node:crypto";
import { link, open, rename, rm, stat } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";

export type LockResult =
  | { readonly status: "held"; readonly release: () => Promise<void> }
  /** Another process works in the folder; its pid where it says so. */
  | { readonly status: "taken"; readonly pid: number | undefined }
  /** The folder cannot be written. */
  | { readonly status: "unavailable"; readonly message: string };

const LOCK_NAME = "lock";
const ATTEMPTS = 5;
const HOLDER_TIMEOUT_MILLIS = 1_000;
const MAX_HOLDER_BYTES = 64;
/** A Unix socket's path, with the name of a stale one (unix(7): 108 with the closing zero). */
const MAX_PATH_BYTES = 90;
/** File systems that know no sockets, for example a folder that a desktop shares with its VM. */
const NO_SOCKETS = new Set(["ENOTSUP", "EOPNOTSUPP", "EPERM"]);

/**
 * One agent per folder: a Unix socket in it, which the kernel closes when its holder dies, however it
 * dies. It is a file, because two containers that share a volume do not share a network namespace.
 * Nothing can remove a dead one's file and only that, so an abstract socket (unix(7)) comes first: of
 * many that start at once in one namespace only its holder touches the file. Where the file system
 * knows no sockets there is the abstract one alone.
 */
export async function lockDirectory(directory: string): Promise<LockResult> {
  try {
    const abstract = await lockAbstract(directory);
    if (abstract.status !== "held") return abstract;
    const file = await lockFile(directory).catch(noSockets);
    if (file.status !== "held") {
      await abstract.release();
      return file;
    }
    const release = async (): Promise<void> => {
      await file.release();
      await abstract.release();
    };
    return { status: "held", release };
  } catch (error) {
    return { status: "unavailable", message: (error as Error).message };
  }
}

const NOTHING_HELD = { status: "held", release: async (): Promise<void> => {} } as const;

function noSockets(error: NodeJS.ErrnoException): LockResult {
  if (NO_SOCKETS.has(error.code ?? "")) return NOTHING_HELD;
  return { status: "unavailable", message: error.message };
}

async function lockAbstract(directory: string): Promise<LockResult> {
  const { dev, ino } = await stat(directory);
  if (process.platform !== "linux") return NOTHING_HELD;
  const path = `\0sightline-journal-${dev}-${ino}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const release = await tryHold(path);
    if (release) return { status: "held", release };
    const holder = await ask(path);
    if (holder.isAlive) return { status: "taken", pid: holder.pid };
  }
  return { status: "taken", pid: undefined };
}

async function lockFile(directory: string): Promise<LockResult> {
  const path = join(directory, LOCK_NAME);
  const isLong = Buffer.byteLength(path) > MAX_PATH_BYTES && process.platform === "linux";
  if (!isLong) return lockAt(path);
  // A short name for a long path. It stays open with the lock, which is closed through it.
  const folder = await open(directory);
  const short = `/proc/self/fd/${folder.fd}/${LOCK_NAME}`;
  const result = await lockAt(short).catch(noSockets);
  if (result.status !== "held") {
    await folder.close();
    return result;
  }
  const release = async (): Promise<void> => {
    await result.release();
    await folder.close();
  };
  return { status: "held", release };
}

async function lockAt(path: string): Promise<LockResult> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const release = await tryHold(path);
    if (release) return { status: "held", release };
    const holder = await ask(path);
    if (holder.isAlive) return { status: "taken", pid: holder.pid };
    const rival = await removeStale(path);
    if (rival) return { status: "taken", pid: rival.pid };
  }
  return { status: "taken", pid: undefined };
}

/** Gives the function that frees the lock, or undefined where there is a file of that name. */
function tryHold(path: string): Promise<(() => Promise<void>) | undefined> {
  const asking = new Set<Socket>();
  const server = createServer((socket) => {
    asking.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => asking.delete(socket));
    socket.end(String(process.pid));
  });
  const release = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
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

interface Holder {
  readonly isAlive: boolean;
  readonly pid: number | undefined;
}

/** A holder that is too busy to answer is alive all the same: the kernel took the connection. */
function ask(path: string): Promise<Holder> {
  return new Promise((resolve) => {
    let text = "";
    let isAlive = true;
    const socket = connect({ path });
    const deadline = setTimeout(() => socket.destroy(), HOLDER_TIMEOUT_MILLIS);
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.length > MAX_HOLDER_BYTES) socket.destroy();
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === "ECONNREFUSED" || code === "ENOENT" || code === "ENOTSOCK") isAlive = false;
    });
    socket.on("close", () => {
      clearTimeout(deadline);
      const pid = /^\d+$/.test(text) ? Number(text) : undefined;
      resolve({ isAlive, pid });
    });
  });
}

/**
 * Two that start at once both find the same stale file. A rename moves one file once, so who moved
 * the other's fresh lock sees that it is alive, and puts it back.
 */
async function removeStale(path: string): Promise<Holder | undefined> {
  const aside = `${path}-${randomBytes(4).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const holder = await ask(aside);
  if (holder.isAlive) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
  return holder.isAlive ? holder : undefined;
}
