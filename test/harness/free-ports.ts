import { createServer } from "node:net";
import { PORT, type PortName } from "@sightline/core";

/** A port for each name that nobody holds now, as the environment that the CLI reads. */
export async function freePortEnvironment(): Promise<Record<string, string>> {
  const names = Object.keys(PORT) as PortName[];
  // Held all at once while they are chosen, so that none is given out twice.
  const servers = await Promise.all(names.map(() => listen()));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return Object.fromEntries(
    names.map((name, index) => [`SIGHTLINE_PORT_${name.toUpperCase()}`, String(ports[index])]),
  );
}

function listen(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, () => resolve(server));
  });
}
