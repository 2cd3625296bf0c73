import { existsSync } from "node:fs";
import { join } from "node:path";
import { ENV } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { EXAMPLE_PAGE_KEY } from "./example-app.ts";
import { findProgram, readProgramMode } from "./node-program.ts";
import type { Paths } from "./paths.ts";
import { gatewayProgram } from "./programs/gateway.ts";
import type { ServerSpec, StackMode } from "./spec.ts";
import { storeOf } from "./tools.ts";
import { readUserSecret } from "./user-secret.ts";

export const EXAMPLE_SERVICE_NAME = "board";
const VERSION = "1.0.0";

export const exampleDirectory = (paths: Paths): string => join(paths.assets, "examples/board");

/** The example comes with a clone; the npm package has none. */
export function hasExample({ paths }: Context): boolean {
  return existsSync(join(exampleDirectory(paths), "dist/main.js"));
}

/** The example's own script that sends it a bounded stream of requests. */
export function exampleTrafficScript({ paths }: Context): string {
  return join(exampleDirectory(paths), "dist/traffic.js");
}

export function planExample(
  context: Context,
  mode: StackMode,
  basicEnvironment: Readonly<Record<string, string>>,
): ServerSpec {
  const { paths, ports } = context;
  const store = storeOf(paths, EXAMPLE_SERVICE_NAME);
  const userSecret = readUserSecret(context);
  return {
    name: EXAMPLE_SERVICE_NAME,
    title: "the example application",
    version: VERSION,
    command: process.execPath,
    args: ["--import", "@sightline/node/register", "dist/main.js"],
    env: {
      ...basicEnvironment,
      SIGHTLINE_PORT_BOARD: String(ports.board),
      BOARD_DATA: join(store, "board.db"),
      ...(hasGateway(context, mode) && {
        BOARD_GATEWAY_URL: serverUrl(context, "gateway"),
        BOARD_GATEWAY_KEY: EXAMPLE_PAGE_KEY,
      }),
      [ENV.data]: paths.data,
      ...(userSecret && { [ENV.userSecret]: userSecret }),
      OTEL_SERVICE_NAME: EXAMPLE_SERVICE_NAME,
      OTEL_RESOURCE_ATTRIBUTES: `service.version=${VERSION},deployment.environment.name=demo`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.otlp}`,
      OTEL_METRIC_EXPORT_INTERVAL: "5000",
      OTEL_TRACES_SAMPLER: "always_on",
    },
    cwd: exampleDirectory(paths),
    logFile: join(paths.logs, `${EXAMPLE_SERVICE_NAME}.log`),
    healthUrl: `http://127.0.0.1:${ports.board}/healthz`,
    after: mode === "embedded" ? ["collector"] : [],
    configDigest: "",
    storeDirectory: store,
  };
}

function hasGateway(context: Context, mode: StackMode): boolean {
  const who = readProgramMode(context, gatewayProgram, mode);
  return who === "container" || (who === "process" && findProgram(gatewayProgram) !== undefined);
}
