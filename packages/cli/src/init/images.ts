import type { Language } from "./project.ts";

/** What a service of `sightline.yaml` is. */
export const SERVICE_KINDS = [
  "service",
  "web",
  "proxy",
  "database",
  "cache",
  "queue",
  "storage",
] as const;
export type ServiceKind = (typeof SERVICE_KINDS)[number];

const KIND_OF_IMAGE: Readonly<Record<string, ServiceKind>> = {
  nginx: "proxy",
  "nginx-unprivileged": "proxy",
  openresty: "proxy",
  caddy: "proxy",
  traefik: "proxy",
  haproxy: "proxy",
  httpd: "proxy",
  postgres: "database",
  postgresql: "database",
  postgis: "database",
  timescaledb: "database",
  mysql: "database",
  mariadb: "database",
  mongo: "database",
  mongodb: "database",
  clickhouse: "database",
  "clickhouse-server": "database",
  elasticsearch: "database",
  opensearch: "database",
  redis: "cache",
  valkey: "cache",
  memcached: "cache",
  rabbitmq: "queue",
  kafka: "queue",
  "cp-kafka": "queue",
  redpanda: "queue",
  nats: "queue",
  mosquitto: "queue",
  minio: "storage",
};

const LANGUAGE_OF_IMAGE: Readonly<Record<string, Language>> = {
  node: "node",
  bun: "node",
  golang: "go",
  python: "python",
  ruby: "ruby",
  php: "php",
  aspnet: "dotnet",
  sdk: "dotnet",
  runtime: "dotnet",
  openjdk: "java",
  "eclipse-temurin": "java",
  amazoncorretto: "java",
  rust: "rust",
};

/** `registry.example.org:5000/library/nginx:1.29@sha256:…` → `nginx`. */
export function imageName(image: string): string {
  const path = image.split("@")[0] ?? "";
  const last = path.split("/").at(-1) ?? "";
  return (last.split(":")[0] ?? "").toLowerCase();
}

export function kindOfImage(image: string): ServiceKind | undefined {
  const name = imageName(image);
  return Object.hasOwn(KIND_OF_IMAGE, name) ? KIND_OF_IMAGE[name] : undefined;
}

export function languageOfImage(image: string): Language | undefined {
  const name = imageName(image);
  return Object.hasOwn(LANGUAGE_OF_IMAGE, name) ? LANGUAGE_OF_IMAGE[name] : undefined;
}

/** The proxy whose access lines and configuration we can read. */
export function proxyOfImage(image: string): "nginx" | "caddy" | "traefik" | undefined {
  const name = imageName(image);
  if (name === "caddy" || name === "traefik") return name;
  return name.includes("nginx") || name === "openresty" ? "nginx" : undefined;
}
