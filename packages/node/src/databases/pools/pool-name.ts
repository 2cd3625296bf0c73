/** What pools and clients are told of their server; a password may be among it. */
export type ConnectionOptions = {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly database?: unknown;
  readonly connectionString?: unknown;
  readonly socketPath?: unknown;
  readonly filename?: unknown;
};

/**
 * `host:port/database`, the name that the semantic conventions give a pool without one. Never the
 * user or the password.
 */
export function poolName(options: ConnectionOptions, defaultPort: number | undefined): string {
  const url = parseUrl(options.connectionString);
  const host = url?.hostname || text(options.host) || text(options.socketPath) || "localhost";
  const port = url?.port || text(options.port) || text(defaultPort);
  const database = url?.pathname.slice(1) || text(options.database) || text(options.filename);
  const server = port === "" ? host : `${host}:${port}`;
  return (database === "" ? server : `${server}/${database}`).slice(0, 200);
}

function parseUrl(value: unknown): URL | undefined {
  return typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? `${value}` : "";
}
