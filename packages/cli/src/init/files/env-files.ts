import { ENV } from "@sightline/core";
import { APP_HEADERS_VARIABLE } from "./compose-file.ts";
import type { StackChoice } from "./stack-file.ts";

/** What differs from machine to machine, and so stays out of git. */
export interface MachineFacts {
  readonly host: string;
  readonly secretsFolder: string;
  /** The user that reads the secrets. */
  readonly grafanaUid: number;
}

/** A block of `.sightline/.env`: Compose reads it for the included file; the shell and `.env` above win. */
export function renderMachineEnv(facts: MachineFacts, choice: StackChoice): string {
  const lines = [`SIGHTLINE_HOST=${quote(facts.host)}`];
  if (choice.kind === "stack") {
    lines.push(`SIGHTLINE_SECRETS=${quote(facts.secretsFolder)}`);
    lines.push(`SIGHTLINE_GRAFANA_UID=${facts.grafanaUid}`);
  }
  return lines.join("\n");
}

/** Compose takes single-quoted values as they are. */
function quote(value: string): string {
  return /^[\w./@:-]+$/.test(value) ? value : `'${value.replaceAll("'", "\\'")}'`;
}

/** `.env.sightline.example`: for those who set a machine up by hand, and for settings. */
export function renderEnvExample(files: readonly string[], choice: StackChoice): string {
  return `${[...(choice.kind === "stack" ? STACK_LINES : AGENT_LINES), "", ...composeLines(files)].join("\n")}\n`;
}

function composeLines(files: readonly string[]): string[] {
  return [
    "# For .env beside your Compose file: plain `docker compose up -d` then takes these files, and",
    "# --remove-orphans does not remove what they bring.",
    `#COMPOSE_FILE=${files.join(":")}`,
    "",
    "# For the same .env: the secret behind the hashes of users that identify() of @sightline/node names.",
    "# Random, and the same on every machine: `openssl rand -hex 24`. Another one makes every user new.",
    `#${ENV.userSecret}=`,
  ];
}

const COMMON = [
  "# Variables of compose.sightline.yml. They belong into .sightline/.env, which `sightline init --yes`",
  "# makes on each machine; by hand: cp .env.sightline.example .sightline/.env",
  "",
  "# host.name of logs, metrics and traces: the name of this machine.",
  "SIGHTLINE_HOST=web-1",
  "#SIGHTLINE_ENVIRONMENT=production",
];

const STACK_LINES = [
  ...COMMON,
  "",
  "# A folder outside of the repository with two files of mode 0600 for Grafana, which runs as the user",
  "# that may read them:",
  "#   openssl rand -base64 24 > grafana-admin-password",
  "#   openssl rand -base64 32 > grafana-secret-key",
  "SIGHTLINE_SECRETS=/srv/sightline/secrets",
  "SIGHTLINE_GRAFANA_UID=472",
  "",
  "#SIGHTLINE_LOG_RETENTION=720h",
  "#SIGHTLINE_PORT_GRAFANA=3300",
  "#SIGHTLINE_PORT_OTLP=4318",
];

const AGENT_LINES = [
  ...COMMON,
  "",
  "# Where the collector is, if not where `sightline init` was told.",
  "#SIGHTLINE_AGENT_OTLP_URL=https://observe.example.org:4319",
  "",
  "# For .env beside your Compose file: what services with @sightline/node send the collector as proof.",
  `#${APP_HEADERS_VARIABLE}=authorization=Bearer%20...`,
];
