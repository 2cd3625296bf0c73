import { createServer } from "node:net";
import { ENV, PORT, type PortName } from "@sightline/core";
import { holderOfPort } from "./process.ts";

export type Ports = Readonly<Record<PortName, number>>;

export type PortsResult =
  | { readonly status: "ok"; readonly ports: Ports }
  | { readonly status: "invalid"; readonly faults: readonly string[] };

/** The variable that overrides a port: `SIGHTLINE_PORT_LOKI`. */
export function portVariable(name: PortName): string {
  return `${ENV.portPrefix}${name.toUpperCase()}`;
}

/** Defaults from the table, overridden by the environment; every fault at once. */
export function readPorts(env: NodeJS.ProcessEnv): PortsResult {
  const faults: string[] = [];
  const ports = { ...PORT } as Record<PortName, number>;
  for (const name of Object.keys(PORT) as PortName[]) {
    const text = env[portVariable(name)];
    if (text === undefined || text === "") continue;
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port > 0 && port < 65_536) ports[name] = port;
    else faults.push(`${portVariable(name)}: expected a port from 1 to 65535, got "${text}"`);
  }
  faults.push(...findUnknownVariables(env), ...findDoubles(ports));
  return faults.length > 0 ? { status: "invalid", faults } : { status: "ok", ports };
}

function findUnknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = new Set((Object.keys(PORT) as PortName[]).map(portVariable));
  return Object.keys(env)
    .filter((key) => key.startsWith(ENV.portPrefix) && !known.has(key))
    .map((key) => `${key}: no such port; expected one of ${[...known].join(", ")}`);
}

function findDoubles(ports: Record<PortName, number>): string[] {
  const names = Object.keys(ports) as PortName[];
  return names.flatMap((name, index) => {
    const twin = names.slice(0, index).find((other) => ports[other] === ports[name]);
    return twin
      ? [
          `${portVariable(name)}: port ${ports[name]} is given to "${twin}" too; expected another one`,
        ]
      : [];
  });
}

/** What stands in the way of a port, in one line that names the holder, or undefined if it is free. */
export async function findPortProblem(
  name: PortName,
  port: number,
  ownPids: ReadonlySet<number> = new Set(),
): Promise<string | undefined> {
  const code = await tryListen(port);
  if (code === undefined) return undefined;
  const advice = `set ${portVariable(name)} to a free port`;
  if (code === "EACCES") return `port ${port} (${name}): this user may not open it; ${advice}`;
  if (code !== "EADDRINUSE") return `port ${port} (${name}): ${code}; ${advice}`;
  const holder = holderOfPort(port);
  if (holder && ownPids.has(holder.pid)) return undefined;
  const who = holder
    ? `in use by process ${holder.pid} (${shorten(holder.command)})`
    : "in use by a process that this user may not see";
  return `port ${port} (${name}) is ${who}; stop it, or ${advice}`;
}

function tryListen(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () =>
      server.close(() => resolve(undefined)),
    );
  });
}

function shorten(command: string): string {
  return command.length > 80 ? `${command.slice(0, 77)}...` : command;
}
