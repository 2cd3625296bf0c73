import { join } from "node:path";
import { ENV, type PortName } from "@sightline/core";
import type { Paths } from "./paths.ts";
import { type Ports, portVariable } from "./ports.ts";

/** How a server is built from its Go module; the recipe's go.mod and go.sum pin it. */
export interface BuildRecipe {
  /** Each binary and the package it is built from. */
  readonly binaries: Readonly<Record<string, string>>;
  readonly tags?: string;
  /** Go variables that carry the version which the server reports about itself. */
  readonly versionVariables: readonly string[];
  /** What a cold build takes on two cores; shown so that nobody thinks it hangs. */
  readonly coldMinutes: number;
}

export interface ToolContext {
  readonly paths: Paths;
  readonly ports: Ports;
  /** `host.name` of everything this machine sends. */
  readonly host: string;
}

/** One server of the embedded stack. */
export interface Tool {
  readonly name: ToolName;
  readonly title: string;
  readonly version: string;
  readonly build: BuildRecipe;
  readonly binary: string;
  /** Ports it opens; the first one is where people and probes find it. */
  readonly ports: readonly PortName[];
  /** Servers that must be healthy before it starts. */
  readonly after: readonly ToolName[];
  /** Path below the first port (or `healthPort`) that answers 200 once it can do its work. */
  readonly healthPath: string;
  readonly healthPort?: PortName;
  /** Memory that Go's collector aims to stay under, MiB. Soft: a busy server may go past it. */
  readonly memoryTargetMiB: number;
  readonly args: (context: ToolContext) => readonly string[];
  readonly env?: (context: ToolContext) => Readonly<Record<string, string>>;
  /** Files below its folder that it reads again while it runs; all others need a restart. */
  readonly reloadable?: RegExp;
}

export type ToolName = "loki" | "prometheus" | "alertmanager" | "blackbox" | "collector";

const PROMETHEUS_COMMON_VERSION = "github.com/prometheus/common/version.Version";

const local = (port: number): string => `127.0.0.1:${port}`;
export const storeOf = (paths: Paths, name: string): string => join(paths.stores, name);
const configOf = (paths: Paths, name: ToolName, file: string): string =>
  join(paths.config, name, file);

/** The servers, in the order people think of them. To add one, copy the smallest row. */
export const TOOLS: readonly Tool[] = [
  {
    name: "loki",
    title: "Loki (logs)",
    version: "3.7.8",
    build: {
      binaries: { loki: "github.com/grafana/loki/v3/cmd/loki" },
      versionVariables: ["github.com/grafana/loki/v3/pkg/util/build.Version"],
      coldMinutes: 5,
    },
    binary: "loki",
    ports: ["loki", "loki_grpc"],
    after: [],
    healthPath: "/ready",
    memoryTargetMiB: 400,
    args: ({ paths }) => [
      `-config.file=${configOf(paths, "loki", "config.yaml")}`,
      "-config.expand-env=true",
    ],
    env: ({ paths }) => ({ SIGHTLINE_LOKI_RULES_DIR: join(paths.config, "loki/rules") }),
    reloadable: /^rules\//,
  },
  {
    name: "prometheus",
    title: "Prometheus (metrics)",
    version: "3.16.0",
    build: {
      binaries: {
        prometheus: "github.com/prometheus/prometheus/cmd/prometheus",
        promtool: "github.com/prometheus/prometheus/cmd/promtool",
      },
      tags: "remove_all_sd,enable_dns_sd",
      versionVariables: [PROMETHEUS_COMMON_VERSION],
      coldMinutes: 2,
    },
    binary: "prometheus",
    ports: ["prometheus"],
    after: [],
    healthPath: "/-/ready",
    memoryTargetMiB: 300,
    args: ({ paths, ports }) => [
      `--config.file=${configOf(paths, "prometheus", "prometheus.yml")}`,
      `--storage.tsdb.path=${storeOf(paths, "prometheus")}`,
      `--web.listen-address=${local(ports.prometheus)}`,
      "--web.enable-otlp-receiver",
      "--web.enable-remote-write-receiver",
      // A counter that starts above zero would lose its first increments in every rate().
      "--enable-feature=exemplar-storage,created-timestamp-zero-ingestion",
      "--no-auto-gomemlimit",
      "--log.level=warn",
    ],
    reloadable: /^(rules|targets)\//,
  },
  {
    name: "alertmanager",
    title: "Alertmanager (notifications)",
    version: "0.31.1",
    build: {
      binaries: {
        alertmanager: "github.com/prometheus/alertmanager/cmd/alertmanager",
        amtool: "github.com/prometheus/alertmanager/cmd/amtool",
      },
      versionVariables: [PROMETHEUS_COMMON_VERSION],
      coldMinutes: 1,
    },
    binary: "alertmanager",
    ports: ["alertmanager"],
    after: [],
    healthPath: "/-/ready",
    memoryTargetMiB: 64,
    args: ({ paths, ports }) => [
      `--config.file=${configOf(paths, "alertmanager", "alertmanager.yml")}`,
      `--storage.path=${storeOf(paths, "alertmanager")}`,
      `--web.listen-address=${local(ports.alertmanager)}`,
      "--cluster.listen-address=",
      // `sightline notify` reads from the counters whether its own message went out.
      "--enable-feature=receiver-name-in-metrics",
      "--log.level=warn",
    ],
    reloadable: /^(alertmanager\.yml|templates\/.*)$/,
  },
  {
    name: "blackbox",
    title: "blackbox exporter (probes)",
    version: "0.28.0",
    build: {
      binaries: { blackbox_exporter: "github.com/prometheus/blackbox_exporter" },
      versionVariables: [PROMETHEUS_COMMON_VERSION],
      coldMinutes: 0.5,
    },
    binary: "blackbox_exporter",
    ports: ["blackbox"],
    after: [],
    healthPath: "/-/healthy",
    memoryTargetMiB: 64,
    args: ({ paths, ports }) => [
      `--config.file=${configOf(paths, "blackbox", "blackbox.yml")}`,
      `--web.listen-address=${local(ports.blackbox)}`,
      "--log.level=warn",
    ],
    reloadable: /^blackbox\.yml$/,
  },
  {
    name: "collector",
    title: "OpenTelemetry Collector (the way in)",
    version: "0.158.0",
    build: { binaries: { otelcol: "." }, versionVariables: [], coldMinutes: 6 },
    binary: "otelcol",
    ports: ["otlp", "otlp_grpc", "collector_health", "collector_metrics"],
    // Started last: what it accepts, it can hand on.
    after: ["loki", "prometheus"],
    healthPath: "/",
    healthPort: "collector_health",
    memoryTargetMiB: 220,
    args: ({ paths }) => [`--config=${configOf(paths, "collector", "config.yaml")}`],
  },
];

export function toolBinary(paths: Paths, tool: Tool, binary: string = tool.binary): string {
  return join(paths.cache, tool.name, tool.version, binary);
}

export function healthUrl(tool: Tool, ports: Ports): string {
  const port = tool.healthPort ?? (tool.ports[0] as PortName);
  return `http://127.0.0.1:${ports[port]}${tool.healthPath}`;
}

/** What every server's configuration file may read; the same names serve docker-compose.yml. */
export function toolEnvironment(tool: Tool, context: ToolContext): Record<string, string> {
  const { paths, ports } = context;
  const url = (port: PortName): string => `http://127.0.0.1:${ports[port]}`;
  return {
    GOMEMLIMIT: `${tool.memoryTargetMiB}MiB`,
    // Collects twice as often as Go's default: memory is dearer than CPU on a small VM.
    GOGC: "50",
    SIGHTLINE_LISTEN_HOST: "127.0.0.1",
    SIGHTLINE_STORE_DIR: storeOf(paths, tool.name),
    SIGHTLINE_LOKI_URL: url("loki"),
    SIGHTLINE_PROMETHEUS_URL: url("prometheus"),
    SIGHTLINE_ALERTMANAGER_URL: url("alertmanager"),
    [ENV.host]: context.host,
    ...Object.fromEntries(
      (Object.keys(ports) as PortName[]).map((name) => [portVariable(name), String(ports[name])]),
    ),
    ...tool.env?.(context),
  };
}
