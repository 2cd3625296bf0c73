import { requireHere } from "./require-here.ts";

/** Packages of which something is captured; what the start-up line looks for. */
const KNOWN_PACKAGES = [
  "winston",
  "pino",
  "express",
  "fastify",
  "pg",
  "mysql2",
  "mongodb",
  "redis",
  "ioredis",
  "knex",
  "prom-client",
] as const;

/** Those that this process has loaded already; without what is in a bundle. */
export function findLoadedPackages(): string[] {
  const { cache } = requireHere();
  return namePackages(Object.keys(cache));
}

/** @param files paths of loaded modules, of any platform. */
export function namePackages(files: readonly string[]): string[] {
  const folders = new Set(
    files.map((file) => /.*[\\/]node_modules[\\/]([^\\/@]+|@[^\\/]+[\\/][^\\/]+)/.exec(file)?.[1]),
  );
  return KNOWN_PACKAGES.filter((name) => folders.has(name));
}
