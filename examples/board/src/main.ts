import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "winston";
import { createApp } from "./app.ts";
import { type BoardConfig, parseConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { createBoardLogger } from "./logger.ts";
import { startThirdParty } from "./third-party.ts";

/** Open requests get this long after SIGTERM; the slowest route needs about two seconds. */
const DRAIN_MILLIS = 5_000;
const SWEEP_MILLIS = 50;

async function startBoard(config: BoardConfig, logger: Logger): Promise<void> {
  const database = openDatabase(config.dataFile, Date.now());
  const thirdParty = await startThirdParty(config.thirdPartySeed);
  const { allowDebug, gateway } = config;
  const weatherUrl = thirdParty.baseUrl;
  const app = createApp({ logger, database, weatherUrl, allowDebug, gateway });
  const server = createServer(app);
  const stop = async (reason: string): Promise<void> => {
    logger.info("board is stopping", { reason });
    await drain(server);
    await thirdParty.close();
    database.close();
    logger.info("board has stopped");
  };
  try {
    server.listen(config.port, config.host);
    await once(server, "listening");
  } catch (error) {
    await thirdParty.close();
    database.close();
    throw new Error(`cannot listen on ${config.host}:${config.port}`, { cause: error });
  }
  // No process.exit: with nothing left open Node ends with code 0, after everybody's last flush.
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void stop(signal));
  const { port } = server.address() as AddressInfo;
  logger.info("board is listening", { url: `http://${hostInUrl(config.host)}:${port}/`, port });
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // close() drops the connections that are idle now; one that gets its answer later would be kept
  // for the five seconds of keep-alive.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MILLIS);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MILLIS);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

async function main(): Promise<void> {
  const parsed = parseConfig(process.env);
  if (parsed.status === "invalid") {
    const logger = createBoardLogger("info");
    for (const fault of parsed.faults) logger.error(fault.message, { variable: fault.variable });
    process.exitCode = 1;
    return;
  }
  const logger = createBoardLogger(parsed.config.logLevel);
  try {
    await startBoard(parsed.config, logger.child({ module: "board" }));
  } catch (error) {
    logger.error("the board could not start", { error });
    process.exitCode = 1;
  }
}

await main();
