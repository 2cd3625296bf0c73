import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";
import { makeServerFolder, startServer, type TempServer } from "./temp-server.ts";

const RECIPE = fileURLToPath(new URL("../../scripts/stack/ferretdb/go.mod", import.meta.url));
const [, VERSION = ""] = /FerretDB v(\S+)/.exec(readFileSync(RECIPE, "utf8")) ?? [];
const CACHE = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
const PROGRAM = join(CACHE, "sightline/ferretdb", VERSION, "ferretdb");

/** Why there is no MongoDB for a test; undefined where there is one. */
export const whyNoMongodb: string | undefined = existsSync(PROGRAM)
  ? undefined
  : 'FerretDB is not built ("npm test" builds it where Go is installed)';

/** FerretDB on SQLite, which speaks MongoDB's protocol, without a password. */
export async function startMongodb(): Promise<TempServer> {
  const folder = makeServerFolder("mongodb");
  const port = await freePort();
  return startServer(PROGRAM, [`127.0.0.1:${port}`, "."], {
    folder,
    port,
    runsAsRoot: true,
    readyText: "Listening on TCP",
    stopSignal: "SIGTERM",
  });
}
