import { Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
import type {
  ContainerInspect,
  ContainerStats,
  ContainerSummary,
  DockerInfo,
} from "./api-types.ts";
import type { DockerAddress } from "./docker-address.ts";

/** How a call ended. `absent`: the engine answered that there is no such container. */
export type ApiResult<T> =
  | { readonly status: "ok"; readonly value: T }
  | { readonly status: "absent" }
  | {
      readonly status: "failed";
      readonly message: string;
      /** Nobody listens at the address, or it does not exist: there is no engine now. */
      readonly isAway: boolean;
      /** Where it was an answer. */
      readonly httpStatus?: number;
    };

export interface LogQuery {
  /** Lines of this time and later, Unix seconds with nanoseconds (`1700000000.000000001`). */
  readonly since?: string;
  readonly follow: boolean;
  /** The last lines only. */
  readonly tail?: number;
}

/**
 * The Docker Engine API, read calls alone: a request with another method than GET cannot be said.
 * Paths carry no version, so every engine answers in its own newest.
 */
export interface DockerClient {
  info(): Promise<ApiResult<DockerInfo>>;
  /** All containers, those that have ended too. */
  list(): Promise<ApiResult<readonly ContainerSummary[]>>;
  inspect(id: string): Promise<ApiResult<ContainerInspect>>;
  stats(id: string, signal?: AbortSignal): Promise<ApiResult<ContainerStats>>;
  /** Events of containers from `sinceSeconds` on and then as they happen. */
  events(
    sinceSeconds: number | undefined,
    signal: AbortSignal,
  ): Promise<ApiResult<IncomingMessage>>;
  logs(id: string, query: LogQuery, signal: AbortSignal): Promise<ApiResult<IncomingMessage>>;
}

/** Until an answer begins, and between its parts where it is not a stream. */
const TIMEOUT_MILLIS = 15_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_CHARACTERS = 200;
const AWAY_CODES: ReadonlySet<string> = new Set(["ENOENT", "ECONNREFUSED", "EACCES", "ENOTFOUND"]);

export function createDockerClient(address: DockerAddress): DockerClient {
  const keepAlive = new Agent({ keepAlive: true, maxSockets: 16, timeout: 60_000 });
  const place: RequestOptions =
    address.kind === "socket"
      ? { socketPath: address.socketPath }
      : { host: address.host, port: address.port };

  /** Settles once the answer's head is there. A stream has a connection of its own. */
  function open(
    path: string,
    isStream: boolean,
    signal: AbortSignal | undefined,
  ): Promise<ApiResult<IncomingMessage>> {
    return new Promise((resolve) => {
      const fail = (message: string, isAway = false): void => {
        resolve({ status: "failed", message, isAway });
      };
      const call = request({
        ...place,
        method: "GET",
        path,
        // What the engine calls a host is of no matter on a socket, but HTTP wants one.
        headers: { host: address.kind === "socket" ? "docker" : address.host },
        agent: isStream ? false : keepAlive,
        ...(signal === undefined ? {} : { signal }),
      });
      call.setTimeout(TIMEOUT_MILLIS, () => {
        call.destroy(new Error(`no answer within ${TIMEOUT_MILLIS / 1000} s`));
      });
      call.on("error", (error: NodeJS.ErrnoException) => {
        fail(explain(error), AWAY_CODES.has(error.code ?? ""));
      });
      call.on("response", (response) => {
        const { statusCode = 0 } = response;
        if (statusCode === 200) {
          if (isStream) call.setTimeout(0);
          return resolve({ status: "ok", value: response });
        }
        void readText(response).then((text) => {
          if (statusCode === 404) return resolve({ status: "absent" });
          const message = `HTTP ${statusCode}: ${errorText(text)}`;
          resolve({ status: "failed", message, isAway: false, httpStatus: statusCode });
        });
      });
      call.end();
    });
  }

  async function json<T>(
    path: string,
    isExpected: (value: unknown) => boolean,
    signal?: AbortSignal,
  ): Promise<ApiResult<T>> {
    const answer = await open(path, false, signal);
    if (answer.status !== "ok") return answer;
    const text = await readText(answer.value);
    const fail = (what: string): ApiResult<T> => ({
      status: "failed",
      message: `the answer to GET ${path} ${what}; expected a Docker engine at this address`,
      isAway: false,
    });
    let value: unknown;
    try {
      value = JSON.parse(text ?? "");
    } catch {
      return fail("is cut or no JSON");
    }
    return isExpected(value) ? { status: "ok", value: value as T } : fail("is of another shape");
  }

  function explain({ code, message }: NodeJS.ErrnoException): string {
    if (code === "EACCES") {
      return `${message}; add this user to the group of the socket (usually "docker"), or use the read-only proxy`;
    }
    return message;
  }

  const container = (id: string): string => `/containers/${encodeURIComponent(id)}`;
  return {
    info: () => json("/info", isInfo),
    list: () => json("/containers/json?all=true", isList),
    inspect: (id) => json(`${container(id)}/json`, isInspect),
    stats: (id, signal) =>
      json(`${container(id)}/stats?stream=false&one-shot=true`, isStats, signal),
    events(sinceSeconds, signal) {
      const filters = encodeURIComponent(JSON.stringify({ type: ["container"] }));
      const since = sinceSeconds === undefined ? "" : `&since=${sinceSeconds}`;
      return open(`/events?filters=${filters}${since}`, true, signal);
    },
    logs(id, { since, follow, tail }, signal) {
      const query = new URLSearchParams({ stdout: "true", stderr: "true", timestamps: "true" });
      if (follow) query.set("follow", "true");
      if (since !== undefined) query.set("since", since);
      if (tail !== undefined) query.set("tail", String(tail));
      return open(`${container(id)}/logs?${query}`, true, signal);
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isInfo = (value: unknown): boolean => isObject(value) && typeof value["Name"] === "string";

const isList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => isObject(item) && typeof item["Id"] === "string");

/** What the agent takes for granted of a container. */
function isInspect(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value["Id"] === "string" &&
    typeof value["Name"] === "string" &&
    typeof value["Image"] === "string" &&
    isObject(value["State"]) &&
    isObject(value["Config"]) &&
    typeof value["Config"]["Image"] === "string" &&
    isObject(value["HostConfig"]) &&
    isObject(value["HostConfig"]["LogConfig"])
  );
}

const isStats = (value: unknown): boolean =>
  isObject(value) && isObject(value["cpu_stats"]) && isObject(value["memory_stats"]);

/** Undefined if the connection broke or the answer is absurdly long. */
async function readText(response: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) return undefined;
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function errorText(text: string | undefined): string {
  let message = text ?? "";
  try {
    const body = JSON.parse(message) as { message?: unknown };
    if (typeof body.message === "string") message = body.message;
  } catch {
    // Not JSON: a proxy's page, shown as it is.
  }
  return message.replace(/\s+/g, " ").trim().slice(0, MAX_ERROR_CHARACTERS);
}
