import { hostname } from "node:os";
import { ENV, EXIT, type PortName } from "@sightline/core";
import { Failure } from "./failure.ts";
import type { Io } from "./io.ts";
import { createPainter, type Painter } from "./report/style.ts";
import { type Paths, readPaths } from "./stack/paths.ts";
import { type Ports, readPorts } from "./stack/ports.ts";

/** What every command needs: where things are, and how to talk to the user. */
export interface Context {
  readonly io: Io;
  readonly paint: Painter;
  readonly paths: Paths;
  readonly ports: Ports;
  readonly host: string;
  /** How the user calls us, for the next commands that texts name. */
  readonly self: string;
}

export function createContext(io: Io): Context {
  const ports = readPorts(io.env);
  if (ports.status === "invalid") {
    throw new Failure(ports.faults.join("\n"), { exitCode: EXIT.usage });
  }
  return {
    io,
    paint: createPainter(io.isTty, io.env),
    paths: readPaths(io.env),
    ports: ports.ports,
    host: io.env[ENV.host] || hostname(),
    self: io.env["SIGHTLINE_CALLED_AS"] || "sightline",
  };
}

export function serverUrl(context: Context, port: PortName): string {
  return `http://127.0.0.1:${context.ports[port]}`;
}
