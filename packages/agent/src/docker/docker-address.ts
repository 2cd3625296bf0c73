/** Where the Docker Engine API listens, as `node:http` takes it. */
export type DockerAddress =
  | { readonly kind: "socket"; readonly socketPath: string }
  | { readonly kind: "http"; readonly host: string; readonly port: number };

export type DockerAddressResult =
  | { readonly status: "ok"; readonly address: DockerAddress }
  | { readonly status: "fault"; readonly message: string };

const DEFAULT_PORT = 2375;

/**
 * Reads `unix:///var/run/docker.sock`, a path, `tcp://host:port` or `http://host:port`. TLS to an
 * engine is not offered: an engine that listens to the network hands its host to whoever reaches it;
 * put the read-only proxy before it.
 */
export function parseDockerAddress(text: string): DockerAddressResult {
  if (text.startsWith("/")) return socket(text);
  if (text.startsWith("unix://")) return socket(text.slice("unix://".length));
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "tcp:" || url?.protocol === "http:") {
    const port = url.port === "" ? DEFAULT_PORT : Number(url.port);
    return { status: "ok", address: { kind: "http", host: url.hostname, port } };
  }
  return fault(text);
}

function socket(path: string): DockerAddressResult {
  return path.startsWith("/")
    ? { status: "ok", address: { kind: "socket", socketPath: path } }
    : fault(path);
}

function fault(text: string): DockerAddressResult {
  return {
    status: "fault",
    message: `Docker address "${text}": expected "unix:///var/run/docker.sock" or "http://docker-proxy:2375"`,
  };
}
