import { freePort } from "./free-port.ts";
import {
  findProgram,
  makeServerFolder,
  prepareServer,
  serverUser,
  startServer,
  type TempServer,
} from "./temp-server.ts";

/** Why there is no MariaDB for a test; undefined where there is one. */
export const whyNoMariadb: string | undefined =
  findProgram("mariadbd") && findProgram("mariadb-install-db")
    ? undefined
    : "MariaDB is not installed (Debian: mariadb-server)";

/** A MariaDB that lets `root` in without a password; its database is `test`. */
export async function startMariadb(): Promise<TempServer> {
  const folder = makeServerFolder("mariadb");
  const port = await freePort();
  const common = ["--no-defaults", `--datadir=${folder}/data`];
  const init = ["--auth-root-authentication-method=normal"];
  if (serverUser !== undefined) init.push("--user=nobody");
  prepareServer(findProgram("mariadb-install-db") ?? "", [...common, ...init], folder);
  const args = [
    ...common,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    `--socket=${folder}/mariadb.sock`,
    `--pid-file=${folder}/mariadb.pid`,
    "--skip-name-resolve",
    "--innodb-buffer-pool-size=8M",
    "--innodb-flush-log-at-trx-commit=0",
  ];
  return startServer(findProgram("mariadbd") ?? "mariadbd", args, {
    folder,
    port,
    readyText: "ready for connections",
    stopSignal: "SIGTERM",
  });
}
