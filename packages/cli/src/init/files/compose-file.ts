import { ENV } from "@sightline/core";
import { stringify } from "yaml";
import type { FoundService } from "../conclude.ts";
import type { ComposeService } from "../project.ts";
import { COLLECTOR_URL, OTLP_NETWORK, type StackChoice } from "./stack-file.ts";

/** Variable in `.env` for the header that a central collector asks of an application. */
export const APP_HEADERS_VARIABLE = "SIGHTLINE_APP_OTLP_HEADERS";
const LOCAL_COLLECTOR_URL = `http://127.0.0.1:\${SIGHTLINE_PORT_OTLP:-4318}`;

export interface Override {
  readonly service: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined: the service keeps the networks it has. */
  readonly networks?: readonly string[];
}

export type OverrideResult =
  | { readonly status: "safe"; readonly override: Override }
  | { readonly status: "left-out"; readonly reason: string };

/**
 * What a service that imports `@sightline/node` needs beside an agent. `envNames`: the names that its
 * env files set; undefined where one of them could not be read.
 */
export function planOverride(
  { name, compose }: FoundService & { readonly compose: ComposeService },
  envNames: readonly string[] | undefined,
  choice: StackChoice,
): OverrideResult {
  if (compose.extends) return leftOut("it extends a service that was not read");
  if (envNames === undefined) return leftOut("its env_file cannot be read here");
  const way = wayToCollector(compose, choice);
  if (way.status === "left-out") return way;
  const wanted: Readonly<Record<string, string>> = {
    [ENV.logs]: "stdout",
    OTEL_SERVICE_NAME: name,
    OTEL_EXPORTER_OTLP_ENDPOINT: way.url,
    [ENV.userSecret]: `\${${ENV.userSecret}:-}`,
    ...(choice.kind === "agent-only" && {
      OTEL_EXPORTER_OTLP_HEADERS: `\${${APP_HEADERS_VARIABLE}:-}`,
    }),
  };
  const theirs = new Set([...compose.environment, ...envNames]);
  const isTheirs = Object.keys(wanted).some((key) => theirs.has(key));
  if (isTheirs && theirs.has("OTEL_EXPORTER_OTLP_ENDPOINT")) {
    return leftOut("it sends to an endpoint of its own (OTEL_EXPORTER_OTLP_ENDPOINT)");
  }
  const environment = Object.fromEntries(
    Object.entries(wanted).filter(([key]) => !theirs.has(key)),
  );
  return {
    status: "safe",
    override: { service: name, environment, ...(way.networks && { networks: way.networks }) },
  };
}

type Way =
  | { readonly status: "found"; readonly url: string; readonly networks?: readonly string[] }
  | { readonly status: "left-out"; readonly reason: string };

function wayToCollector(compose: ComposeService, choice: StackChoice): Way {
  const { networkMode, networks } = compose;
  if (choice.kind === "agent-only") return { status: "found", url: choice.otlpUrl };
  if (networkMode === "host") return { status: "found", url: LOCAL_COLLECTOR_URL };
  if (networkMode !== undefined) {
    return leftOut(`network_mode "${networkMode}" does not reach the collector`);
  }
  // With a network named, Compose no longer adds the one that it is in today.
  const kept = networks ? [] : ["default"];
  return { status: "found", url: COLLECTOR_URL, networks: [...kept, OTLP_NETWORK] };
}

function leftOut(reason: string): { readonly status: "left-out"; readonly reason: string } {
  return { status: "left-out", reason };
}

const HEADER = `# Made by \`sightline init\`. Lay it over your own Compose file, which stays as it is:
#   COMMAND up -d
# or put COMPOSE_FILE=FILES into .env, and \`docker compose\` takes them all.
# Needs Compose 2.20 or newer (include). A change of yours stays.
`;

export function renderComposeFile(
  files: readonly string[],
  overrides: readonly Override[],
): string {
  const header = HEADER.replace("COMMAND", composeCommand(files)).replace("FILES", files.join(":"));
  const include = stringify({ include: [{ path: ".sightline/docker-compose.yml" }] });
  if (overrides.length === 0) return `${header}${include}`;
  const services = Object.fromEntries(
    overrides.map(({ service, environment, networks }) => [
      service,
      {
        environment,
        ...(networks && {
          networks: Object.fromEntries(networks.map((name) => [name, {}])),
        }),
      },
    ]),
  );
  const why =
    "\n# They import @sightline/node: lines are printed, and the agent ships them; metrics and traces go\n# to the collector.\n";
  return `${header}${include}${why}${stringify({ services }, { lineWidth: 0 })}`;
}

export function composeCommand(files: readonly string[]): string {
  return `docker compose ${files.map((file) => `-f ${quoteWord(file)}`).join(" ")}`;
}

/** For a shell. */
export function quoteWord(word: string): string {
  return /^[\w./@:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
