import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DATA_FOLDER, ENV, EXIT } from "@sightline/core";
import { systemClock } from "@sightline/wire";
import { formatFault, resolveSecrets } from "@sightline/wire/config";
import { startAgent } from "./agent.ts";
import { readAgentConfig } from "./config/read-config.ts";
import { VERSION } from "./version.ts";

const USAGE = `sightline-agent ${VERSION}: ships every container's logs, deaths, requests and resources.

Usage: sightline-agent [--config <agent.json>]
       sightline-agent canary [options]   its own help: canary --help

  --config <file>  settings; without it ${ENV.agentConfig}, else defaults and environment
  --version        prints the version
  --help           prints this
`;

const log = (text: string): void => {
  process.stderr.write(`sightline-agent: ${text}\n`);
};

/** @returns an exit code, or nothing where it runs on. */
export async function runAgent(given: readonly string[]): Promise<number | undefined> {
  const args = readArguments(given);
  if (typeof args === "number") return args;
  const { env } = process;
  const read = readAgentConfig({
    ...(args.config === undefined ? {} : { path: args.config }),
    env,
  });
  if (read.status === "faults") {
    for (const fault of read.faults) log(formatFault(fault));
    return EXIT.problems;
  }
  const { config } = read;
  const headers = resolveSecrets(config.otlp.headers, env);
  if (headers.status === "faults") {
    for (const fault of headers.faults) log(fault);
    return EXIT.problems;
  }
  const data = env[ENV.data] || join(homedir(), ".local/share/sightline");
  const directory = join(data, DATA_FOLDER.agent);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    log(
      `cannot make the folder "${directory}": ${String(error)}; set ${ENV.data} to one that can be written`,
    );
    return EXIT.failure;
  }
  const started = await startAgent({
    config,
    headers: headers.values,
    directory,
    listenHost: env[ENV.listenHost] || "127.0.0.1",
    clock: systemClock,
    log,
  });
  if (started.status === "failed") {
    log(started.message);
    return EXIT.failure;
  }
  log(`version ${VERSION} runs; sends to ${new URL(config.otlp.url).origin}`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      void started.agent.stop().then(() => process.exit(EXIT.ok));
    });
  }
  return undefined;
}

function readArguments(given: readonly string[]): { readonly config: string | undefined } | number {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        config: { type: "string" },
        version: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help || values.version) {
      process.stdout.write(values.help ? USAGE : `${VERSION}\n`);
      return EXIT.ok;
    }
    return { config: values.config };
  } catch (error) {
    log(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return EXIT.usage;
  }
}
