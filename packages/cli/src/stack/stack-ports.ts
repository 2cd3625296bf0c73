import type { Context } from "../context.ts";
import { portVariable, readPorts } from "./ports.ts";
import { readSpec } from "./spec.ts";

/** The ports that `up` was given, whatever this shell says: targets are rendered with them. */
export function withStackPorts(context: Context): Context {
  const servers = readSpec(context.paths.spec)?.servers ?? [];
  const env = servers.find((server) => portVariable("prometheus") in server.env)?.env;
  const read = env && readPorts(env);
  return read?.status === "ok" ? { ...context, ports: read.ports } : context;
}
