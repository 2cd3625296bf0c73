import { freePort } from "./free-port.ts";
import {
  findProgram,
  makeServerFolder,
  prepareServer,
  startServer,
  type TempServer,
} from "./temp-server.ts";

/** Why there is no PostgreSQL for a test; undefined where there is one. */
export const whyNoPostgres: string | undefined =
  findProgram("initdb") && findProgram("postgres")
    ? undefined
    : "PostgreSQL is not installed (Debian: postgresql)";

/** A PostgreSQL with user and database `postgres`, without a password. */
export async function startPostgres(): Promise<TempServer> {
  const folder = makeServerFolder("postgres");
  const port = await freePort();
  const init = ["-D", "data", "-U", "postgres", "--auth=trust", "--no-sync", "--locale=C"];
  prepareServer(findProgram("initdb") ?? "initdb", init, folder);
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const program = findProgram("postgres") ?? "postgres";
  return startServer(program, ["-D", "data", ...args], {
    folder,
    port,
    readyText: "database system is ready to accept connections",
    // SIGTERM would wait for clients, which a failed test leaves behind.
    stopSignal: "SIGINT",
  });
}
