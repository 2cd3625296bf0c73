import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DATA_FOLDER, ENV, EXIT, USER_SECRET_FILE } from "@sightline/core";
import { systemClock } from "@sightline/wire";
import { formatFault, resolveSecrets } from "@sightline/wire/config";
import { createLiveConfig } from "./config/live-config.ts";
import { readGatewayConfig } from "./config/read-config.ts";
import { readUserSecret } from "./config/user-secret.ts";
import { watchConfig } from "./config/watch-config.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { VERSION } from "./version.ts";

const USAGE = `sightline-gateway ${VERSION}: takes what browsers send and hands it to the collector.

Usage: sightline-gateway [--config <gateway.json>]

  --config <file>  settings; without it ${ENV.gatewayConfig}, else defaults and environment
  --check          reads the settings, says what is wrong with them, and ends
  --version        prints the version
  --help           prints this
`;

const log = (text: string): void => {
  process.stderr.write(`sightline-gateway: ${text}\n`);
};

/** @returns an exit code, or nothing where it runs on. */
export async function runGateway(given: readonly string[]): Promise<number | undefined> {
  const args = readArguments(given);
  if (typeof args === "number") return args;
  const { env } = process;
  const read = () =>
    readGatewayConfig({ ...(args.config === undefined ? {} : { path: args.config }), env });
  const result = read();
  if (result.status === "faults") {
    for (const fault of result.faults) log(formatFault(fault));
    return EXIT.problems;
  }
  const { config, path } = result;
  const data = env[ENV.data] || join(homedir(), ".local/share/sightline");
  const headers = resolveSecrets(config.otlpHeaders ?? {}, env);
  if (headers.status === "faults") {
    for (const fault of headers.faults) log(fault);
    return EXIT.problems;
  }
  if (args.isCheck) {
    process.stdout.write(`${path ?? "the defaults"}: no faults\n`);
    return EXIT.ok;
  }
  const secret = readUserSecret(join(data, DATA_FOLDER.secrets, USER_SECRET_FILE), env);
  if (secret.status === "failed") {
    log(secret.message);
    return EXIT.problems;
  }
  if (secret.isNew) log(newSecretText(data));
  const live = createLiveConfig({ config, read, now: () => systemClock.now(), log });
  const started = await startGateway({
    config,
    live,
    headers: headers.values,
    userSecret: secret.secret,
    data,
    listenHost: env[ENV.listenHost] || "127.0.0.1",
    clock: systemClock,
    log,
  });
  if (started.status === "failed") {
    log(started.message);
    return EXIT.failure;
  }
  const watch = watchConfig(path, live.reload);
  endOnSignal(started.gateway, () => watch.stop());
  log(`version ${VERSION} runs on port ${config.port}; sends to ${new URL(config.otlpUrl).origin}`);
  if (config.apps.length === 0) log("no app is configured: every key is unknown");
  return undefined;
}

function newSecretText(data: string): string {
  const file = join(data, DATA_FOLDER.secrets, USER_SECRET_FILE);
  return `made a secret for hashes of users in ${file}; give services and other gateways the same one, as ${ENV.userSecret}, so that a user counts once`;
}

function endOnSignal(gateway: Gateway, before: () => void): void {
  let isEnding = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (isEnding) process.exit(EXIT.interrupted);
      isEnding = true;
      before();
      void gateway.stop().then(() => process.exit(EXIT.ok));
    });
  }
}

interface Arguments {
  readonly config: string | undefined;
  readonly isCheck: boolean;
}

function readArguments(given: readonly string[]): Arguments | number {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        config: { type: "string" },
        check: { type: "boolean" },
        version: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help || values.version) {
      process.stdout.write(values.help ? USAGE : `${VERSION}\n`);
      return EXIT.ok;
    }
    return { config: values.config, isCheck: values.check === true };
  } catch (error) {
    log(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return EXIT.usage;
  }
}
