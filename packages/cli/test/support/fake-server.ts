import { createServer } from "node:net";
import { join } from "node:path";
import type { ServerSpec } from "../../src/stack/spec.ts";

const program = join(import.meta.dirname, "../programs/fake-server.mjs");

export interface FakeServer {
  readonly name: string;
  readonly after?: readonly string[];
  readonly mode?: "dies" | "stubborn";
  /** A file that must be there for the server to be healthy. */
  readonly gate?: string;
  readonly configDigest?: string;
}

/** A specification of a small real server, in a directory that the test owns. */
export async function fakeServer(directory: string, fake: FakeServer): Promise<ServerSpec> {
  const port = await freePort();
  return {
    name: fake.name,
    title: fake.name,
    version: "1.0.0",
    command: process.execPath,
    args: [program],
    env: {
      FAKE_NAME: fake.name,
      FAKE_PORT: String(port),
      FAKE_JOURNAL: journalOf(directory),
      ...(fake.mode && { FAKE_MODE: fake.mode }),
      ...(fake.gate && { FAKE_GATE: fake.gate }),
    },
    cwd: join(directory, "stores", fake.name),
    logFile: join(directory, "logs", `${fake.name}.log`),
    healthUrl: `http://127.0.0.1:${port}/`,
    after: fake.after ?? [],
    configDigest: fake.configDigest ?? "",
  };
}

export function journalOf(directory: string): string {
  return join(directory, "journal.txt");
}

export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen({ port: 0, host: "127.0.0.1" }, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
